import type { Appliance, AuditRecord, Call, Caller, Operations } from '../../core/appliance/index.ts'
import { CoreError } from '../../core/base/index.ts'
import { type Access, contract, isGranted, type Role } from '../../core/contract/index.ts'
import { openReceipts } from '../../core/vault-door/index.ts'

/** An appliance that does nothing: it notes which operations a door lets through, and what the door has to say of them. */
export interface RecordingAppliance extends Appliance {
  /** Names of operations that were reached, with what they were given. */
  readonly reached: { readonly name: string; readonly input: unknown; readonly call: Call }[]
  readonly audit: AuditRecord[]
  /** What an operation answers; by default a conflict, which no door makes up. */
  answer: (name: string, input: unknown, call: Call) => Promise<unknown>
}

const ACCESS: readonly Access[] = ['own', 'view', 'browse', 'restore', 'operate', 'configure', 'administer']

/** Sessions and tokens of this appliance are called by the role that they are of. */
export function createRecordingAppliance(): RecordingAppliance {
  const reached: RecordingAppliance['reached'] = []
  const audit: AuditRecord[] = []
  const operations = Object.fromEntries(
    Object.entries(contract).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(
        Object.keys(verbs).map((verb) => [
          verb,
          (input: unknown, call: Call) => {
            const name = `${noun}.${verb}`
            reached.push({ name, input, call })
            return appliance.answer(name, input, call)
          },
        ]),
      ),
    ]),
  ) as unknown as Operations
  const appliance: RecordingAppliance = {
    reached,
    audit,
    answer: () => Promise.reject(new CoreError('object/conflict', 'It was reached.')),
    operations,
    version: '0.0.0-test',
    listen: { reach: 'loopback', hosts: ['nas-01.example'] },
    vaultDoor: {
      reach: 'off',
      port: 0,
      agents: {
        receipts: openReceipts(':memory:'),
        findAgent: () => Promise.resolve(undefined),
        onStored: () => undefined,
      },
    },
    authenticate: (secret, kind) => Promise.resolve(callerOf(secret, kind)),
    download: () => Promise.reject(new Error('there is nothing to download')),
    record(entry) {
      audit.push(entry)
      return Promise.resolve()
    },
    health: () => Promise.resolve('ready'),
    metrics: () => Promise.resolve('# nothing\n'),
    close: () => Promise.resolve(),
  }
  return appliance
}

const ROLES: readonly string[] = ['administrator', 'operator', 'restore-only', 'viewer'] satisfies Role[]

/** `viewer`, or `administrator.view` for a token that may no more than that. */
function callerOf(secret: string, kind: 'session' | 'token'): Caller | undefined {
  const [role = '', only] = secret.split('_')
  if (!ROLES.includes(role)) return undefined
  const granted = ACCESS.filter((access) => isGranted(role as Role, access))
  return {
    userId: '00000000-0000-7000-8000-000000000001',
    name: role,
    role: role as Role,
    access: only === undefined ? granted : granted.filter((access) => access === only),
    sourceRoots: null,
    restoreRoots: null,
    by: { kind, id: '00000000-0000-7000-8000-000000000002' },
    expiresAt: null,
  }
}
