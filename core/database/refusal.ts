import { CoreError, type ErrorCode } from '../base/index.ts'

/** What was to be done with the catalog. */
type Act = 'opened' | 'read' | 'written' | 'copied'

interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
  readonly remedy: string
}

const LOCKED: Refusal = {
  code: 'service/unavailable',
  reason: 'another program has locked it',
  remedy: 'Look which other program has the file open, and end it; then try again.',
}

const READ_ONLY: Refusal = {
  code: 'service/unavailable',
  reason: 'its file is read-only',
  remedy: 'See that the service may write to the disk of its data folder; then try again.',
}

const FAILING: Refusal = {
  code: 'service/unavailable',
  reason: 'its disk fails, or is gone',
  remedy: 'Look at the disk of the data folder, and at what the system’s log says of it; then try again.',
}

const UNOPENED: Refusal = {
  code: 'service/unavailable',
  reason: 'the service cannot get at its file',
  remedy: 'See that the data folder is there, and that the service may read and write the files in it; then try again.',
}

const FULL: Refusal = {
  code: 'storage/full',
  reason: 'the disk of the data folder is full',
  remedy: 'Make room on the disk of the data folder; then try again.',
}

const DAMAGED: Refusal = {
  code: 'catalog/damaged',
  reason: 'its file is damaged',
  remedy:
    'Keep a copy of the file; then put it aside, and build the catalog anew from a vault: `holdfast rebuild-catalog`.',
}

/**
 * By the lowest byte of SQLite's code, which says what it is (sqlite.org/rescode.html): busy, locked, read-only, input or output
 * failed, corrupt, full, cannot be opened, no database.
 */
const REFUSALS: ReadonlyMap<number, Refusal> = new Map([
  [5, LOCKED],
  [6, LOCKED],
  [8, READ_ONLY],
  [10, FAILING],
  [11, DAMAGED],
  [13, FULL],
  [14, UNOPENED],
  [26, DAMAGED],
])

const SAFETY: Readonly<Record<Act, string>> = {
  opened: 'Nothing was changed. Recovery points in vaults are safe: they do not need the catalog.',
  read: 'Nothing was changed. Recovery points in vaults are safe: they do not need the catalog.',
  written: 'What was to be noted is not. Recovery points in vaults are safe: they do not need the catalog.',
  copied: 'The catalog is as it was, and recovery points in vaults are safe.',
}

/**
 * What SQLite's error says of the catalog as a whole. Undefined where it says something of what was asked, such as a name
 * that another row has. There is no path in it: it may be told to somebody who is not signed in.
 */
export function refusalOf(error: unknown, act: Act): CoreError | undefined {
  const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  const refusal = REFUSALS.get(errcode & 0xff)
  if (refusal === undefined) return undefined
  const { code, reason, remedy } = refusal
  return new CoreError(code, `The catalog cannot be ${act}: ${reason}.`, {
    cause: error,
    retryable: code === 'service/unavailable',
    safety: SAFETY[act],
    remedy,
  })
}
