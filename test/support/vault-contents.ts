import { hash } from 'node:crypto'

import type { Vault } from './vault.ts'

/** What each snapshot holds: the hash of all of it, as restic gives it back. */
export function contents(vault: Vault): Map<string, string> {
  const list = JSON.parse(vault.restic('snapshots', '--json')) as { id: string }[]
  return new Map(list.map(({ id }) => [id, hash('sha256', vault.restic('dump', id, '/', '--archive', 'tar'))]))
}
