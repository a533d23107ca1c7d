import { sleep } from '../../core/base/index.ts'

/** Looks until something is so, however long that takes on a busy machine: for what tells nobody when it is. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}
