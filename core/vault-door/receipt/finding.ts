import type { FileInfo, FileKind } from '../../storage/index.ts'
import type { ReceiptFile } from './receipt-file.ts'

export interface SettleOptions {
  /** Receipts of files that were not found go, if they are older than this. Milliseconds since the epoch. */
  readonly lostBefore: number
  /** Whose files are counted that nobody brought; undefined: nobody's. */
  readonly heir: string | undefined
  readonly now: number
}

/** What there is of a kind in a vault, held against its receipts. */
export class Finding {
  readonly #file: ReceiptFile
  readonly #vault: string
  readonly #kind: FileKind

  constructor(file: ReceiptFile, vault: string, kind: FileKind) {
    this.#file = file
    this.#vault = vault
    this.#kind = kind
    file.run('DELETE FROM found WHERE vault = ? AND kind = ?', vault, kind)
  }

  add(found: readonly FileInfo[]): void {
    this.#file.transaction(() => {
      for (const { name, size } of found)
        this.#file.run('INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?)', this.#vault, this.#kind, name, size)
    })
  }

  /** For the names that begin so. They are forgotten afterwards. */
  settle(prefix: string, { lostBefore, heir, now }: SettleOptions): void {
    const range = [this.#vault, this.#kind, prefix, `${prefix}g`] as const
    const inRange = 'vault = ? AND kind = ? AND name >= ? AND name < ?'
    this.#file.transaction(() => {
      this.#file.run(
        `DELETE FROM receipt WHERE ${inRange} AND received_at < ? AND NOT EXISTS (SELECT 1 FROM found
          WHERE found.vault = receipt.vault AND found.kind = receipt.kind AND found.name = receipt.name)`,
        ...range,
        lostBefore,
      )
      if (heir !== undefined)
        this.#file.run(
          `INSERT OR IGNORE INTO receipt (vault, kind, name, agent, size, received_at)
            SELECT vault, kind, name, ?, size, ? FROM found WHERE ${inRange}`,
          heir,
          now,
          ...range,
        )
      this.#file.run(`DELETE FROM found WHERE ${inRange}`, ...range)
    })
  }
}
