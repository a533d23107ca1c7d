import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openJournal } from '../../core/cloud-cache/index.ts'
import { builtProcess } from './built-process.ts'
import type { Figure } from './figure.ts'
import { measure } from './measure.ts'

/** MB, for a million packs (issue 5, section 5). */
const MOST_RESIDENT = 256
const BATCH = 10_000

/** A sync of so many packs that cost nothing to read and to send. */
export async function benchPlanning(packs: number): Promise<Figure[]> {
  // In memory where that can be: how long a disk takes to flush is not what is asked.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdfast-planning-'))
  try {
    fillJournal(folder, packs)
    const tenths: number[] = []
    const { wall, resident } = await measure(
      process.execPath,
      [await builtProcess(join(import.meta.dirname, 'planning-process.ts')), folder, String(packs)],
      process.env,
      (line) => tenths.push(Number(line)),
    )
    const [first = Number.NaN, last = Number.NaN] = [tenths[0], tenths.at(-1)]
    const journal = Number(execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0])
    return [
      {
        name: `planning a sync of ${packs} packs, ${wall.toFixed(0)} s, a journal of ${journal} MB, resident`,
        unit: 'MB',
        values: [resident],
        most: MOST_RESIDENT,
      },
      { name: 'its last tenth, of the time of its first', unit: '%', values: [(last / first) * 100], most: 150 },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function fillJournal(folder: string, packs: number): void {
  const journal = openJournal(folder)
  const sums = new Uint8Array()
  for (let from = 0; from < packs; from += BATCH) {
    journal.transaction(() => {
      for (let pack = from; pack < Math.min(packs, from + BATCH); pack++) {
        const name = ((pack * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0').padEnd(64, '0')
        journal.saved({ kind: 'pack', name }, { size: 0, sums })
      }
    })
  }
  journal.close()
}
