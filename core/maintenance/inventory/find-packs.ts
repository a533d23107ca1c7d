import type { Abortable } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { PackLedger } from './pack-ledger.ts'

/** A pack that is there. */
export interface FoundPack {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

/** Notes in the ledger which packs the storage has. Resolves to how many. */
export async function findPacks(storage: Storage, ledger: PackLedger, options: Abortable): Promise<number> {
  let packs = 0
  for await (const { name, size } of storage.list('pack', options)) {
    packs++
    ledger.found(Buffer.from(name, 'hex'), size)
  }
  return packs
}

/** Those that were found and that no index lists: a prune that was ended while it removed them leaves all that it rewrote. */
export function unlistedPacks(ledger: PackLedger): Iterable<FoundPack> {
  return {
    *[Symbol.iterator]() {
      for (let pack = ledger.listed; pack < ledger.count; pack++) {
        yield { name: ledger.nameOf(pack), size: ledger.size(pack) }
      }
    },
  }
}
