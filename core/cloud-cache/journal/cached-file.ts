import { type FileKind, type Handle } from '../../storage/index.ts'
import { FILE_STATES, type FileState, impossible, JOURNALLED_KINDS } from './file-state.ts'

/** One row of the journal. Times are milliseconds since the epoch. */
export interface CachedFile extends Handle {
  /** Greater than that of each file that was stored before it. */
  readonly id: number
  readonly size: number
  readonly state: FileState
  readonly storedAt: number
  /** When somebody last read or stored it, to the hour. */
  readonly neededAt: number
  /** Somebody has named it as a data pack. */
  readonly isEvictable: boolean
}

/** The columns that `toCachedFile` reads. */
export const FILE_COLUMNS = 'id, kind, name, size, state, stored_at, needed_at, evictable'

type Row = Readonly<Record<string, unknown>>

export function toCachedFile(row: Row): CachedFile {
  return {
    ...toHandle(row),
    id: Number(row['id']),
    size: Number(row['size']),
    state: known(FILE_STATES, row['state']),
    storedAt: Number(row['stored_at']),
    neededAt: Number(row['needed_at']),
    isEvictable: row['evictable'] === 1,
  }
}

export function toHandle(row: Row): Handle {
  const kind: FileKind = known(JOURNALLED_KINDS, row['kind'])
  return { kind, name: Buffer.from(row['name'] as Uint8Array).toString('hex') }
}

export function toBytes(name: string): Uint8Array {
  return Buffer.from(name, 'hex')
}

function known<T>(list: readonly T[], code: unknown): T {
  const found = list[Number(code)]
  if (found === undefined) throw impossible(`it holds the unknown code ${String(code)}`)
  return found
}
