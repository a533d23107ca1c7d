import type { TreeReader } from '../tree/tree-reader.ts'
import { AFTER, BEFORE, type BlobLedger, type BlobTotals } from './blob-ledger.ts'

/** What is on one side only. */
export interface SideTotals extends BlobTotals {
  readonly files: number
  readonly dirs: number
  readonly others: number
}

export interface DiffTotals {
  /** On both sides, with other content. */
  readonly changedFiles: number
  readonly added: SideTotals
  readonly removed: SideTotals
}

export class TotalsCounter {
  changedFiles = 0
  readonly #added = { files: 0, dirs: 0, others: 0 }
  readonly #removed = { files: 0, dirs: 0, others: 0 }

  /** Counts an entry that came, or went. */
  count(node: TreeReader, isNew: boolean): void {
    const counts = isNew ? this.#added : this.#removed
    if (node.isFile) counts.files++
    else if (node.isDir) counts.dirs++
    else counts.others++
  }

  totals(ledger: BlobLedger): DiffTotals {
    const { changedFiles } = this
    return {
      changedFiles,
      added: { ...this.#added, ...ledger.totals(AFTER) },
      removed: { ...this.#removed, ...ledger.totals(BEFORE) },
    }
  }
}
