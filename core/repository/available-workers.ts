import { availableParallelism } from 'node:os'

/** More threads than this were not seen to help, and each takes some 60 MB. */
const MOST_WORKERS = 8

/** How many worker threads suit this computer. */
export function availableWorkers(): number {
  return Math.min(MOST_WORKERS, Math.max(1, availableParallelism()))
}
