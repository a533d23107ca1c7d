import type { Reference } from '../../contract/index.ts'
import { type Rows, setRows, vaultRows } from '../../database/index.ts'

/** What objects are called now, also those that were removed. */
export interface Names {
  vault(id: string): Reference
  set(id: string | null): Reference | null
}

/** Reads all names at once: a list asks for many. */
export async function readNames(rows: Rows): Promise<Names> {
  const vaults = new Map((await vaultRows.all(rows)).map(({ id, name }) => [id, name]))
  const sets = new Map((await setRows.all(rows)).map(({ id, name }) => [id, name]))
  return {
    vault: (id) => ({ id, name: vaults.get(id) ?? '' }),
    set: (id) => (id === null ? null : { id, name: sets.get(id) ?? '' }),
  }
}
