import { formatBytes } from '../../base/index.ts'
import type { Agent } from '../agent.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Receipts } from '../receipt/receipts.ts'

/** Sees to it that no agent has more stored than it may, with what is on its way counted. */
export class Quotas {
  readonly #receipts: Receipts
  /** Bytes that are on their way, by agent. */
  readonly #coming = new Map<string, number>()

  constructor(receipts: Receipts) {
    this.#receipts = receipts
  }

  /** Makes room for a file that is about to come. Returns what gives it back. Throws a `Refusal` where there is none. */
  reserve({ id, vault, quota }: Agent, bytes: number): () => void {
    const stored = this.#receipts.storedBy(vault.id, id)
    const coming = this.#coming.get(id) ?? 0
    if (quota !== undefined && stored + coming + bytes > quota) throw full(stored, quota)
    this.#coming.set(id, coming + bytes)
    let isReserved = true
    return () => {
      if (!isReserved) return
      isReserved = false
      const left = (this.#coming.get(id) ?? 0) - bytes
      if (left > 0) this.#coming.set(id, left)
      else this.#coming.delete(id)
    }
  }
}

function full(stored: number, quota: number): Refusal {
  return new Refusal(
    'storage/full',
    `The quota of this agent is used up: ${formatBytes(stored)} of ${formatBytes(quota)}`,
    {
      status: 507,
      safety: 'Nothing of this was stored; all earlier recovery points are unharmed.',
      remedy: 'Forget and prune recovery points, or have an administrator of the appliance raise the quota.',
    },
  )
}
