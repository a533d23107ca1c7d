import type { BackupSet } from '../../../core/contract/index.ts'

/** When a backup by this policy is due next: at the next time of one of its sets. */
export function nextRunOf(sets: readonly Pick<BackupSet, 'nextRunAt'>[]): string | undefined {
  return sets
    .flatMap(({ nextRunAt }) => nextRunAt ?? [])
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(0)
}
