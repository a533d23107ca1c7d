import type { FileKind, Handle } from '../../storage/index.ts'
import { Finding } from './finding.ts'
import { ReceiptFile } from './receipt-file.ts'

/** That an agent brought a file, and when: by the door's clock, whatever the file says of itself. */
export interface Receipt {
  readonly kind: FileKind
  readonly name: string
  /** The agent's id. */
  readonly agent: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly receivedAt: number
}

/**
 * What came through the door: a row for each file that an agent brought and that is there. A row is made before its file, so a
 * kill in between leaves a row too many, never a file that is nobody's. Rows outlive the process, and the last few may be
 * lost with the power: what they were of is nobody's then.
 */
export class Receipts {
  readonly #file: ReceiptFile
  /** Bytes, by vault and agent. */
  readonly #stored = new Map<string, number>()

  constructor(file: ReceiptFile) {
    this.#file = file
    this.recount()
  }

  find(vault: string, { kind, name }: Handle): Receipt | undefined {
    const query = 'SELECT * FROM receipt WHERE vault = ? AND kind = ? AND name = ?'
    return this.#file.rows(query, vault, kind, name).map(toReceipt)[0]
  }

  /** Those of one kind, the latest first: of locks and snapshots there are few. */
  ofKind(vault: string, kind: FileKind): Receipt[] {
    const query = 'SELECT * FROM receipt WHERE vault = ? AND kind = ? ORDER BY received_at DESC, name'
    return this.#file.rows(query, vault, kind).map(toReceipt)
  }

  /** How much of what an agent brought is there. Bytes. */
  storedBy(vault: string, agent: string): number {
    return this.#stored.get(keyOf(vault, agent)) ?? 0
  }

  /** Who brought a file first remains it, for as long as it is there. Whether that is this agent. */
  add(vault: string, { kind, name, agent, size, receivedAt }: Receipt): boolean {
    const before = this.find(vault, { kind, name })
    if (before && before.agent !== agent) return false
    const query =
      'INSERT OR REPLACE INTO receipt (vault, kind, name, agent, size, received_at) VALUES (?, ?, ?, ?, ?, ?)'
    this.#file.run(query, vault, kind, name, agent, size, receivedAt)
    this.#count(vault, agent, size - (before?.size ?? 0))
    return true
  }

  remove(vault: string, handle: Handle): void {
    const receipt = this.find(vault, handle)
    if (!receipt) return
    this.#file.run('DELETE FROM receipt WHERE vault = ? AND kind = ? AND name = ?', vault, handle.kind, handle.name)
    this.#count(vault, receipt.agent, -receipt.size)
  }

  /** Whether an agent's lock vanished in the middle of its work. */
  hasLostLock(vault: string, agent: string): boolean {
    return this.#file.rows('SELECT 1 FROM lost_lock WHERE vault = ? AND agent = ?', vault, agent).length > 0
  }

  setLostLock(vault: string, agent: string, isLost: boolean): void {
    const query = isLost
      ? 'INSERT OR IGNORE INTO lost_lock (vault, agent) VALUES (?, ?)'
      : 'DELETE FROM lost_lock WHERE vault = ? AND agent = ?'
    this.#file.run(query, vault, agent)
  }

  /** Who has brought anything that is there. */
  agentsOf(vault: string): string[] {
    return this.#file
      .rows('SELECT DISTINCT agent FROM receipt WHERE vault = ?', vault)
      .map((row) => String(row['agent']))
  }

  /** Begins to hold the receipts of a kind against what is there. */
  beginFinding(vault: string, kind: FileKind): Finding {
    return new Finding(this.#file, vault, kind)
  }

  /** Adds up anew what each agent has stored. */
  recount(): void {
    this.#stored.clear()
    const sums = 'SELECT vault, agent, sum(size) AS bytes FROM receipt GROUP BY vault, agent'
    for (const row of this.#file.rows(sums))
      this.#stored.set(keyOf(String(row['vault']), String(row['agent'])), Number(row['bytes']))
  }

  close(): void {
    this.#file.close()
  }

  #count(vault: string, agent: string, bytes: number): void {
    this.#stored.set(keyOf(vault, agent), this.storedBy(vault, agent) + bytes)
  }
}

/** Opens the file of receipts, or makes it. One process has it open. */
export function openReceipts(path: string): Receipts {
  return new Receipts(new ReceiptFile(path))
}

function keyOf(vault: string, agent: string): string {
  return JSON.stringify([vault, agent])
}

function toReceipt(row: Record<string, unknown>): Receipt {
  return {
    kind: row['kind'] as FileKind,
    name: String(row['name']),
    agent: String(row['agent']),
    size: Number(row['size']),
    receivedAt: Number(row['received_at']),
  }
}
