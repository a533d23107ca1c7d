import { type Abortable, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Agent } from '../agent.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Receipts } from '../receipt/receipts.ts'

/** restic with many jobs on one computer has some ten; each is read by whoever locks. */
const MOST_LOCKS = 100

/**
 * An agent's **session** lasts from its first lock until it has none. Packs, indexes and snapshots are taken only within one,
 * and only while at each moment since its beginning one of its locks was in the vault: restic refreshes its lock every five
 * minutes by a new one, and then removes the old one. So no prune ran since the agent read what is there, and what its
 * snapshot relies on is there.
 *
 * A lock that vanished otherwise than by the agent itself (somebody took it for stale, while the agent's computer slept)
 * breaks the session: a later lock mends nothing. It is over when the agent has removed all its locks, or reads the config
 * while it has none, as every restic does that begins. Should one begin just while another one of the same agent sleeps
 * without its lock, the sleeper is not found out: the door cannot tell two programs of an agent apart.
 */
export class Sessions {
  readonly #receipts: Receipts

  constructor(receipts: Receipts) {
    this.#receipts = receipts
  }

  /** A program of the agent begins. */
  async begin(agent: Agent, options: Abortable = {}): Promise<void> {
    const locks = this.#locksOf(agent)
    const isNew = locks.length === 0 || !(await isAnyThere(agent.vault.storage, locks, options))
    if (isNew) this.#end(agent, locks)
  }

  /** A lock is about to be stored. Throws a `Refusal` where there are too many. */
  async beforeLock(agent: Agent, options: Abortable = {}): Promise<void> {
    const locks = this.#locksOf(agent)
    if (locks.length === 0) return
    if (!(await isAnyThere(agent.vault.storage, locks, options)))
      this.#receipts.setLostLock(agent.vault.id, agent.id, true)
    if (locks.length >= MOST_LOCKS) throw tooManyLocks()
  }

  /** A lock of the agent's was removed by itself. */
  afterUnlock(agent: Agent): void {
    if (this.#locksOf(agent).length === 0) this.#end(agent, [])
  }

  /** Throws a `Refusal` unless the agent may store what others rely on. */
  async assertLocked(agent: Agent, options: Abortable = {}): Promise<void> {
    const locks = this.#locksOf(agent)
    if (locks.length === 0) throw notLocked()
    if (this.#receipts.hasLostLock(agent.vault.id, agent.id)) throw lockLost()
    if (!(await isAnyThere(agent.vault.storage, locks, options))) throw lockLost()
  }

  #locksOf(agent: Agent): string[] {
    return this.#receipts
      .ofKind(agent.vault.id, 'lock')
      .filter((receipt) => receipt.agent === agent.id)
      .map(({ name }) => name)
  }

  #end(agent: Agent, locks: readonly string[]): void {
    for (const name of locks) this.#receipts.remove(agent.vault.id, { kind: 'lock', name })
    this.#receipts.setLostLock(agent.vault.id, agent.id, false)
  }
}

async function isAnyThere(storage: Storage, locks: readonly string[], options: Abortable): Promise<boolean> {
  for (const name of locks) {
    try {
      await storage.stat({ kind: 'lock', name }, options)
      return true
    } catch (error) {
      if (!isCode(error, 'storage/not-found')) throw error
    }
  }
  return false
}

const NOT_STORED = 'Nothing of this was stored; all earlier recovery points are unharmed.'

function notLocked(): Refusal {
  return new Refusal('repository/lock-lost', 'Only who holds a lock may store: use restic, and not --no-lock', {
    status: 403,
    safety: NOT_STORED,
    remedy:
      'Without a lock a prune could remove what a backup relies on. Programs that write no locks, as rustic, cannot back up through this door.',
  })
}

function lockLost(): Refusal {
  return new Refusal('repository/lock-lost', 'The lock of this backup was lost: begin it again', {
    status: 403,
    safety: NOT_STORED,
    remedy:
      'The lock was removed as stale, for instance while this computer slept. Run restic unlock, and then the backup again.',
  })
}

function tooManyLocks(): Refusal {
  return new Refusal('repository/locked', `This agent has ${MOST_LOCKS} locks already`, {
    status: 403,
    safety: NOT_STORED,
    remedy: 'Run restic unlock: it removes those of programs that have ended.',
  })
}
