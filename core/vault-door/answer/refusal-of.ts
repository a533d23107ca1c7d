import { CoreError, type ErrorCode } from '../../base/index.ts'
import { Refusal } from './refusal.ts'

const UNHARMED = 'What was stored before is unharmed.'
const TELL = 'Tell the administrator of the appliance; its log says more.'

interface Words {
  readonly status: number
  readonly message: string
  readonly remedy: string
}

/** What a storage says of a place is for the appliance's log: an agent need not know where its vault lies. */
const KNOWN: Partial<Record<ErrorCode, Words>> = {
  'storage/not-found': { status: 404, message: 'There is no such file in the vault', remedy: 'Run restic check.' },
  'storage/exists': {
    status: 403,
    message: 'There is a repository in this vault already',
    remedy: 'Use it with its own password; for a new one ask for another vault.',
  },
  'storage/full': { status: 507, message: 'The disk of the vault is full', remedy: TELL },
  'storage/readonly': { status: 403, message: 'The vault takes nothing at present', remedy: TELL },
  'storage/refused': { status: 500, message: 'The appliance may not use the vault where it lies', remedy: TELL },
  'storage/truncated': { status: 500, message: 'A file in the vault is shorter than it was', remedy: TELL },
  'storage/damaged': { status: 500, message: 'A file in the vault is damaged', remedy: TELL },
  'storage/unreachable': {
    status: 503,
    message: 'The vault cannot be reached at present',
    remedy: `restic tries again by itself. If it stays so: ${TELL}`,
  },
}

const UNKNOWN: Words = { status: 500, message: 'The appliance failed in a way nobody knows', remedy: TELL }

/** What is answered for an error, whatever it is. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const code = error instanceof CoreError ? error.code : 'internal/defect'
  const { message, ...words } = KNOWN[code] ?? UNKNOWN
  return new Refusal(code, message, { ...words, safety: UNHARMED, cause: error })
}
