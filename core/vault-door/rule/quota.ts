import { type Clock, formatBytes } from '../../base/index.ts'
import type { Agent, DoorVault } from '../agent.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Receipts } from '../receipt/receipts.ts'
import { reconcileReceipts } from '../receipt/reconcile.ts'

/** A vault is listed so often at most, however often somebody finds his quota used up. Milliseconds. */
const LOOK_AGAIN = 10 * 60_000

/** Sees to it that no agent has more stored than it may, with what is on its way counted. */
export class Quotas {
  readonly #receipts: Receipts
  readonly #clock: Clock
  /** Bytes that are on their way, by agent. */
  readonly #coming = new Map<string, number>()
  /** When a vault was held against its receipts last, and the end of that. */
  readonly #looks = new Map<string, { readonly at: number; readonly done: Promise<void> }>()

  constructor(receipts: Receipts, clock: Clock) {
    this.#receipts = receipts
    this.#clock = clock
  }

  /**
   * Makes room for a file that is about to come. Returns what gives it back. Throws a `Refusal` where there is none, after
   * it has looked whether prunes of the appliance made some.
   */
  async reserve(agent: Agent, bytes: number): Promise<() => void> {
    if (!this.#fits(agent, bytes)) await this.#look(agent.vault)
    const { id, vault, quota = Number.POSITIVE_INFINITY } = agent
    if (!this.#fits(agent, bytes)) throw full(this.#receipts.storedBy(vault.id, id), quota)
    this.#coming.set(id, (this.#coming.get(id) ?? 0) + bytes)
    let isReserved = true
    return () => {
      if (!isReserved) return
      isReserved = false
      const left = (this.#coming.get(id) ?? 0) - bytes
      if (left > 0) this.#coming.set(id, left)
      else this.#coming.delete(id)
    }
  }

  #fits({ id, vault, quota = Number.POSITIVE_INFINITY }: Agent, bytes: number): boolean {
    return this.#receipts.storedBy(vault.id, id) + (this.#coming.get(id) ?? 0) + bytes <= quota
  }

  async #look(vault: DoorVault): Promise<void> {
    const now = this.#clock.monotonic()
    const last = this.#looks.get(vault.id)
    if (last && now - last.at < LOOK_AGAIN) return last.done
    const done = reconcileReceipts(this.#receipts, vault, this.#clock)
    this.#looks.set(vault.id, { at: now, done })
    // One that failed is no look: the next request tries again.
    done.catch(() => this.#looks.delete(vault.id))
    return done
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
