import type { AuditEntry } from '../../../../core/contract/index.ts'
import { HOUR, idOf, instantAt, NOW } from './ids.ts'

const NAMES: Readonly<Record<string, string>> = {
  [idOf(5, 0)]: 'Finance shares',
  [idOf(4, 0)]: 'Every night, 12 months',
  [idOf(7, 4)]: 'Finance shares',
  [idOf(1, 2)]: 'helpdesk',
  [idOf(2, 1)]: 'Offsite',
}
const WHAT: readonly (readonly [string, string | null, Record<string, unknown>])[] = [
  ['session.signIn', 'admin', { name: 'admin' }],
  ['runs.backUp', idOf(5, 0), { setId: idOf(5, 0) }],
  ['policies.update', idOf(4, 0), { id: idOf(4, 0), settings: { retention: { days: 30, weeks: 12, months: 12 } } }],
  ['restores.start', idOf(7, 4), { pointId: idOf(7, 4), paths: ['/srv/finance/2026'], target: '/srv/restored' }],
  ['users.update', idOf(1, 2), { id: idOf(1, 2), restoreRoots: ['/srv/restored'] }],
  ['session.signIn', 'root', { name: 'root' }],
  ['runs.maintain', idOf(2, 1), { vaultId: idOf(2, 1), kind: 'prune', confirm: true }],
]

/** The newest first. */
export function makeAudit(): AuditEntry[] {
  return Array.from({ length: 260 }, (_, index) => {
    const [operation, object, details] = WHAT[index % WHAT.length] ?? ['settings.update', null, {}]
    const isStranger = object === 'root'
    return {
      id: idOf(11, 260 - index),
      at: instantAt(NOW - index * 3 * HOUR),
      actor: isStranger ? 'root' : index % 3 === 0 ? 'm.weber' : 'admin',
      address: isStranger ? '203.0.113.77' : '10.20.4.17',
      operation,
      object,
      objectName: NAMES[object ?? ''] ?? null,
      outcome: isStranger ? 'refused' : operation === 'runs.backUp' && index % 4 === 1 ? 'failed' : 'done',
      details,
    }
  })
}
