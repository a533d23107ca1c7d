import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import type { Vault } from './vault.ts'

/** The names of all packs, sorted. */
export function packsOf(vault: Vault): string[] {
  return readdirSync(join(vault.path, 'data'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.slice(-64))
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .toSorted()
}

/** Where a pack lies. */
export function packPath(vault: Vault, name: string): string {
  return join(vault.path, 'data', name.slice(0, 2), name)
}

/** The names of all index files. */
export function indexesOf(vault: Vault): string[] {
  return readdirSync(join(vault.path, 'index'))
}
