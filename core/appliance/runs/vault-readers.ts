import { CoreError } from '../../base/index.ts'
import { vaultRows } from '../../database/index.ts'
import type { Catalog } from '../../database/index.ts'
import type { VaultAccess } from '../../job/index.ts'
import type { SealingKey } from '../../secret/index.ts'
import { openVaultReader, openVaultStorage, type VaultReader } from '../../vault/index.ts'
import { noSuch } from '../operations/refusals.ts'

/** Vaults that are held open for whoever looks into recovery points. */
export interface VaultReaders {
  access(vaultId: string): Promise<VaultAccess>
  open(vaultId: string): Promise<VaultReader>
  /** What is stored in it has changed: whoever looks next opens it anew. */
  forget(vaultId: string): void
}

/** A vault that nobody looked into for so long is let go of. Milliseconds. */
const IDLE = 5 * 60_000

interface Held {
  readonly reader: Promise<VaultReader>
  timer: NodeJS.Timeout | undefined
}

export function createVaultReaders(catalog: Catalog, key: SealingKey): VaultReaders {
  const held = new Map<string, Held>()

  async function access(vaultId: string): Promise<VaultAccess> {
    const vault = await vaultRows.find(catalog.rows, vaultId)
    if (!vault || vault.removed_at !== null) throw noSuch('vault', vaultId)
    return {
      id: vault.id,
      name: vault.name,
      location: JSON.parse(vault.location) as VaultAccess['location'],
      password: key.open(vault.password_sealed, passwordContext(vault.id)),
    }
  }

  function keep(vaultId: string, one: Held): void {
    clearTimeout(one.timer)
    one.timer = setTimeout(() => held.delete(vaultId), IDLE)
    one.timer.unref()
  }

  return {
    access,
    async open(vaultId) {
      const known = held.get(vaultId)
      if (known) {
        keep(vaultId, known)
        return known.reader
      }
      const reader = access(vaultId).then(({ location, password }) =>
        openVaultReader(openVaultStorage(location), Buffer.from(password)),
      )
      const one: Held = { reader, timer: undefined }
      held.set(vaultId, one)
      keep(vaultId, one)
      try {
        return await reader
      } catch (error) {
        if (held.get(vaultId) === one) held.delete(vaultId)
        throw error instanceof CoreError
          ? error
          : new CoreError('storage/unreachable', 'The vault cannot be opened.', { cause: error })
      }
    },
    forget(vaultId) {
      clearTimeout(held.get(vaultId)?.timer)
      held.delete(vaultId)
    },
  }
}

/** What the password of a vault is sealed for. */
export function passwordContext(vaultId: string): string {
  return `vault:${vaultId}:password`
}
