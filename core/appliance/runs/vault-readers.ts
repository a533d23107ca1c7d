import { CoreError } from '../../base/index.ts'
import { type Catalog, findCache, vaultRows } from '../../database/index.ts'
import type { VaultAccess } from '../../job/index.ts'
import { type PointReader, startPointReader, type StartPointReaderOptions } from '../../reader/index.ts'
import type { SealingKey } from '../../secret/index.ts'
import { usedCache } from '../caches/vault-cache.ts'
import { noSuch } from '../present/refusals.ts'
import { passwordContext, placeOfVault } from './vault-secrets.ts'

/** Vaults that are held open for whoever looks into recovery points, each by a reader of its own. */
export interface VaultReaders {
  access(vaultId: string): Promise<VaultAccess>
  /** Throws `object/not-found`. Whether the vault can be opened tells the first thing that is asked of the reader. */
  open(vaultId: string): Promise<PointReader>
  /** What is stored in the vault has changed. */
  renew(vaultId: string): void
  /** Nobody may look into this vault any more. */
  forget(vaultId: string): void
  /** Resolves when all readers have ended. From then on there are none. */
  close(): Promise<void>
}

/** A vault that nobody looked into for so long is let go of. Milliseconds. */
const IDLE = 5 * 60_000
/** So many are held open where nobody looks into them at this moment: each holds an index, and perhaps large folders. */
const MOST_IDLE = 4

interface Held {
  readonly reader: PointReader
  timer: NodeJS.Timeout | undefined
}

export function createVaultReaders(
  catalog: Catalog,
  key: SealingKey,
  { start }: Pick<StartPointReaderOptions, 'start'> = {},
): VaultReaders {
  /** In the order of their use. */
  const held = new Map<string, Held>()
  const ending = new Set<Promise<void>>()
  let isClosed = false

  async function access(vaultId: string): Promise<VaultAccess> {
    const vault = await vaultRows.find(catalog.rows, vaultId)
    if (!vault || vault.removed_at !== null) throw noSuch('vault', vaultId)
    return {
      id: vault.id,
      name: vault.name,
      place: placeOfVault(vault, key),
      cache: usedCache(vault, await findCache(catalog.rows, vaultId)),
      password: key.open(vault.password_sealed, passwordContext(vault.id)),
    }
  }

  function letGo(vaultId: string, { reader, timer }: Held): void {
    clearTimeout(timer)
    if (held.get(vaultId)?.reader === reader) held.delete(vaultId)
    const end = reader.end().finally(() => ending.delete(end))
    ending.add(end)
  }

  function keep(vaultId: string, one: Held): void {
    held.delete(vaultId)
    held.set(vaultId, one)
    clearTimeout(one.timer)
    one.timer = setTimeout(() => {
      if (one.reader.isIdle) letGo(vaultId, one)
      else keep(vaultId, one)
    }, IDLE)
    one.timer.unref()
  }

  /** The one that is wanted now is not among them. */
  function makeRoom(): void {
    const idle = [...held].filter(([, { reader }]) => reader.isIdle)
    for (const [vaultId, one] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE + 1))) letGo(vaultId, one)
  }

  function usable(vaultId: string): PointReader | undefined {
    const one = held.get(vaultId)
    if (!one) return undefined
    if (!one.reader.isUsable) {
      letGo(vaultId, one)
      return undefined
    }
    keep(vaultId, one)
    return one.reader
  }

  return {
    access,
    async open(vaultId) {
      const { place, cache, password } = await access(vaultId)
      if (isClosed) throw closed()
      const known = usable(vaultId)
      if (known) return known
      makeRoom()
      const reader = startPointReader({ store: { place, cache }, password, start })
      keep(vaultId, { reader, timer: undefined })
      return reader
    },
    renew(vaultId) {
      held.get(vaultId)?.reader.renew()
    },
    forget(vaultId) {
      const one = held.get(vaultId)
      if (one) letGo(vaultId, one)
    },
    async close() {
      isClosed = true
      for (const [vaultId, one] of held) letGo(vaultId, one)
      await Promise.all(ending)
    },
  }
}

function closed(): CoreError {
  return new CoreError('service/unavailable', 'The appliance is being stopped.', {
    safety: 'Nothing was changed.',
    remedy: 'Try again when it runs.',
  })
}
