import { CoreError } from '../../base/index.ts'
import { describeHandle, type FileKind, type Handle } from '../../storage/index.ts'

/**
 * Where a file of the cache is durable.
 *
 * - `local`: here only.
 * - `uploading`: here; it is being sent.
 * - `uploaded`: here; it was sent, and nobody has looked at the cloud's copy yet.
 * - `verified`: here and, as somebody has seen, in the cloud.
 * - `evicted`: in the cloud only, where it was verified before (CC-15). Data packs alone.
 */
export type FileState = 'local' | 'uploading' | 'uploaded' | 'verified' | 'evicted'

/** The journal keeps a state as its place in this list, and a kind as its place in the next: neither may be reordered. */
export const FILE_STATES: readonly FileState[] = ['local', 'uploading', 'uploaded', 'verified', 'evicted']

/**
 * In the order of uploads: what refers to others comes behind them, so that the cloud always holds a readable repository.
 * Locks never leave the cache and are not journalled.
 */
export const JOURNALLED_KINDS = ['config', 'key', 'pack', 'index', 'snapshot'] as const satisfies readonly FileKind[]

export type JournalledKind = (typeof JOURNALLED_KINDS)[number]

/** What may follow a state. Back to `local` goes whatever the cloud turned out not to have after all. */
const NEXT: Readonly<Record<FileState, readonly FileState[]>> = {
  local: ['uploading'],
  uploading: ['uploaded', 'local'],
  uploaded: ['verified', 'local'],
  verified: ['evicted', 'local'],
  evicted: ['verified'],
}

/** Throws a defect for a change that makes no sense: the journal would say of a file what nobody has seen. */
export function assertTransition(handle: Handle, from: FileState, to: FileState): void {
  if (NEXT[from].includes(to)) return
  throw impossible(`${describeHandle(handle)} is ${from} and cannot become ${to}`)
}

export function impossible(message: string): CoreError {
  return new CoreError('internal/defect', `The cache's journal was asked for something impossible: ${message}.`, {
    safety: 'The journal was not changed, and no file was.',
  })
}

export function stateCode(state: FileState): number {
  return FILE_STATES.indexOf(state)
}

export function kindCode(kind: FileKind): number {
  if (kind === 'lock') throw impossible('locks are not journalled')
  return JOURNALLED_KINDS.indexOf(kind)
}
