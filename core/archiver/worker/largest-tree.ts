import { totalmem } from 'node:os'

import { LARGEST_TREE } from '../../snapshot/index.ts'

/** While a folder is archived, its tree is there up to 3.3 times: the parent's, its own, and what a worker hands over. */
const TIMES_IN_MEMORY = 4

/**
 * How many bytes the tree of a folder may have on this machine. A folder that needs more is missed, by its name: the
 * kernel would end the process in the middle of it.
 */
export function largestTreeHere(total = totalmem(), allowed = process.constrainedMemory()): number {
  // 0 where nobody knows; without a limit more than there is.
  const memory = allowed > 0 ? Math.min(total, allowed) : total
  return Math.min(LARGEST_TREE, Math.floor(memory / TIMES_IN_MEMORY))
}
