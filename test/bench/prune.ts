import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { makeLargeFiles, makeSmallFiles, seeded } from './data.ts'

export interface PruneBench {
  readonly folder: string
  readonly rounds: number
  readonly env: NodeJS.ProcessEnv
  /** Runs each program in turn on its own copy. */
  readonly both: (round: number, reads: readonly string[], restic: string[], ours: string[]) => Promise<void>
}

const SMALL_FILES = 50_000
/** MiB. */
const LARGE_FILES = 768

/**
 * A repository of which half is not needed any more: of two folders, half of the small files are removed and half of the
 * large ones changed between two snapshots by restic, and the first snapshot is forgotten. Small files of one folder lie
 * together in packs, so half of each folder goes: most packs have to be rewritten, which is the work of a prune.
 */
export async function benchPrune({ folder, rounds, env, both }: PruneBench): Promise<void> {
  const source = join(folder, 'prune-source')
  const made = join(folder, 'prune-made')
  const cache = join(folder, 'restic-cache')
  makeLargeFiles(join(source, 'large'), LARGE_FILES)
  makeSmallFiles(join(source, 'small'), SMALL_FILES)
  const restic = (...args: string[]): void => {
    execFileSync('restic', ['--quiet', '-r', made, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  cpSync(join(folder, 'empty'), made, { recursive: true })
  restic('backup', source)
  removeHalf(source)
  restic('backup', source)
  restic('forget', '--keep-last', '1')
  const kept = join(folder, 'prune-cache')
  cpSync(cache, kept, { recursive: true })
  for (let round = 0; round < rounds; round++) {
    // restic keeps trees and index files here; it removes what a prune has removed.
    rmSync(cache, { recursive: true })
    cpSync(kept, cache, { recursive: true })
    const [r, h] = ['restic', 'holdfast'].map((name) => join(folder, `${name}-prune-${round}`)) as [string, string]
    for (const path of [r, h]) cpSync(made, path, { recursive: true })
    await both(round, [r, h], ['-r', r, 'prune', '--max-unused', '0'], ['prune', '-r', h, '--max-unused', '0'])
    for (const path of [r, h]) rmSync(path, { recursive: true })
  }
}

function removeHalf(source: string): void {
  const random = seeded(3)
  for (const inside of readdirSync(join(source, 'small')))
    for (const name of readdirSync(join(source, 'small', inside)))
      if (random() < 0.5) rmSync(join(source, 'small', inside, name))
  for (const [at, name] of readdirSync(join(source, 'large')).toSorted().entries()) {
    const path = join(source, 'large', name)
    if (at % 2 === 0) writeFileSync(path, '')
    else appendFileSync(path, 'one line more\n')
  }
}
