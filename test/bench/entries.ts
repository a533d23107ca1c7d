import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { makeLargeVault } from '../support/large-vault.ts'
import type { Figure } from './figure.ts'

/** What somebody waited for, and how long it held the service up at most. Milliseconds, all of them. */
export interface EntriesTaken {
  readonly name: string
  readonly wall: number
  readonly held: number
  /** What the service's own thread worked for it. */
  readonly worked: number
  readonly items: number
}

export interface EntriesBench {
  readonly folder: string
  readonly rounds: number
  readonly files: number
}

/** Milliseconds; what is not named is only told. */
const MOST: Readonly<Record<string, number>> = {
  'first page of one folder': 1000,
  'first page of one folder, again': 100,
  'second page of one folder': 100,
  'middle page of one folder, again': 100,
  'page behind the middle': 100,
  'first page of many folders': 100,
  'page of a folder of many': 100,
}
/** Milliseconds: browsing holds the service up no longer. */
const MOST_HELD = 50
/** MB of all of the service: one tree of a million entries, and what it is decoded from. */
const MOST_RESIDENT = 1024

/** A recovery point of very many files, looked into through the operations of a service that has just begun. */
export async function benchEntries({ folder, rounds, files }: EntriesBench): Promise<Figure[]> {
  const vault = await makeLargeVault(join(folder, 'entries-vault'), files)
  const walls = new Map<string, number[]>()
  const held: number[] = []
  const worked: number[] = []
  const resident: number[] = []
  for (let round = 0; round < rounds; round++) {
    const home = join(folder, `entries-${round}`)
    const program = join(import.meta.dirname, 'entries-process.ts')
    const said = execFileSync(process.execPath, [program, home, vault.path, vault.password, String(files)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    })
    const { taken, resident: most } = JSON.parse(said) as { taken: EntriesTaken[]; resident: number }
    for (const { name, wall, items } of taken) {
      if (items === 0 && !name.endsWith('nothing')) throw new Error(`${name}: nothing was found`)
      walls.set(name, [...(walls.get(name) ?? []), wall])
    }
    held.push(Math.max(...taken.map((each) => each.held)))
    worked.push(Math.max(...taken.map((each) => each.worked)))
    resident.push(most)
    rmSync(home, { recursive: true })
  }
  return [
    ...[...walls].map(([name, values]): Figure => ({
      name: `${files} files, ${name}`,
      unit: 'ms',
      values,
      most: MOST[name],
    })),
    { name: `${files} files, the service held up at most`, unit: 'ms', values: held, most: MOST_HELD },
    { name: `${files} files, work of the service's own thread for one request`, unit: 'ms', values: worked },
    { name: `${files} files, memory of the service`, unit: 'MB', values: resident, most: MOST_RESIDENT },
  ]
}
