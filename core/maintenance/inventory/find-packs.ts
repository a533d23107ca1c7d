import type { Abortable } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { PackLedger } from './pack-ledger.ts'

/** A pack that is there. */
export interface FoundPack {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

/** Notes in the ledger which packs the storage has. Resolves to how many, and to those that are in no index. */
export async function findPacks(
  storage: Storage,
  ledger: PackLedger,
  options: Abortable,
): Promise<{ readonly packs: number; readonly unlisted: readonly FoundPack[] }> {
  let packs = 0
  const unlisted: FoundPack[] = []
  for await (const { name, size } of storage.list('pack', options)) {
    packs++
    const pack = ledger.found(Buffer.from(name, 'hex'), size)
    if (pack >= ledger.listed) unlisted.push({ name, size })
  }
  return { packs, unlisted }
}
