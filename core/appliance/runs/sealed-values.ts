import type { DatabaseSync } from 'node:sqlite'

import type { SealingKey } from '../../secret/index.ts'

/** Where the catalog keeps something sealed, and for what. */
const SEALED = [
  { table: 'vault', id: 'id', column: 'password_sealed', context: (id: string) => `vault:${id}:password` },
  { table: 'vault', id: 'id', column: 'access_sealed', context: (id: string) => `vault:${id}:access` },
  { table: 'person', id: 'id', column: 'totp_sealed', context: (id: string) => `person:${id}:totp` },
  { table: 'person', id: 'id', column: 'totp_pending_sealed', context: (id: string) => `person:${id}:totp` },
] as const

/** Settings that are sealed; `sealing-key` says by which key. */
const SEALED_SETTINGS = ['catalog-key', 'delivery-mail-password', 'delivery-webhook-secret']

/** Seals all that is sealed in a copy of the catalog with another key. Throws `secret/unreadable`. */
export function resealAll(database: DatabaseSync, from: SealingKey, to: SealingKey): void {
  for (const { table, id, column, context } of SEALED) {
    const rows = database
      .prepare(`SELECT ${id} AS id, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL`)
      .all()
    const change = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${id} = ?`)
    for (const row of rows as unknown as { id: string; sealed: string }[])
      change.run(to.seal(from.open(row.sealed, context(row.id)), context(row.id)), row.id)
  }
  const read = database.prepare('SELECT value FROM setting WHERE key = ?')
  const write = database.prepare('UPDATE setting SET value = ? WHERE key = ?')
  for (const key of SEALED_SETTINGS) {
    const row = read.get(key) as { value: string } | undefined
    if (row) write.run(to.seal(from.open(row.value, `setting:${key}`), `setting:${key}`), key)
  }
  write.run(to.fingerprint, 'sealing-key')
}
