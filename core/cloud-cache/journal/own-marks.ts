import type { JournalFile } from './journal-file.ts'

/**
 * Marks of the notes by which this cache says that its appliance owns the cloud: the last one, and those of which nobody knows
 * whether they were written. They outlive a rebuild: they are nothing that the tiers could tell.
 */
export class OwnMarks {
  readonly #file: JournalFile

  constructor(file: JournalFile) {
    this.#file = file
  }

  add(mark: string): void {
    this.#file.transaction(() => this.#file.run('INSERT OR IGNORE INTO own_mark VALUES (?)', mark))
  }

  has(mark: string): boolean {
    return this.#file.rows('SELECT 1 FROM own_mark WHERE mark = ?', mark).length > 0
  }

  isEmpty(): boolean {
    return this.#file.rows('SELECT 1 FROM own_mark LIMIT 1').length === 0
  }

  /** That one is there now: whatever was written before has been replaced. */
  keepOnly(mark: string): void {
    this.#file.transaction(() => this.#file.run('DELETE FROM own_mark WHERE mark <> ?', mark))
  }
}
