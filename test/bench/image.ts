import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { type Run } from './measure.ts'
import { type Change, changeDisk, makeRawDisk, makeSparseDisk } from './raw-disk.ts'

const MIB = 2 ** 20

export interface ImageBench {
  readonly folder: string
  readonly mib: number
  readonly rounds: number
  /** A new repository for each program. */
  readonly place: (round: number) => readonly [restic: string, holdfast: string]
  /** Runs both on the same disk. Resolves to what Holdfast took. */
  readonly both: (
    name: 'backup' | 'restore',
    round: number,
    disk: string,
    restic: string[],
    ours: string[],
  ) => Promise<Run>
  /** Runs Holdfast alone. */
  readonly alone: (reads: readonly string[], args: string[]) => Promise<Run>
}

/** What an incremental took as a share of the full's time. */
export interface Share {
  readonly name: string
  /** 0 where there is none. */
  readonly must: number
  readonly shares: number[]
  readonly runs: Run[]
}

const CHANGES: readonly { readonly name: string; readonly must: number; readonly change: Change }[] = [
  { name: 'disk image, 1 % of its blocks, in runs of 8 MiB', must: 0.05, change: { inARow: 8 * MIB } },
  { name: 'disk image, 1 % of its bytes, in scattered 64 KiB', must: 0, change: { inARow: 64 * 1024 } },
]

/** Backs a disk up, changes it, backs the changes up. The next round begins with what it is then. */
export async function benchImage({ folder, mib, rounds, place, both, alone }: ImageBench): Promise<Share[]> {
  const shares = CHANGES.map(({ name, must }): Share => ({ name, must, shares: [], runs: [] }))
  const raw = makeRawDisk(join(folder, 'disk.raw'), mib)
  const disk = raw.path
  for (let round = 0; round < rounds; round++) {
    const [restic, ours] = place(round)
    const image = ['image', 'backup', '-r', ours, disk, '--name', 'disk']
    const full = await both('backup', round, disk, ['-r', restic, 'backup', disk], image)
    for (const [at, { change }] of CHANGES.entries()) {
      const areas = changeDisk(raw, change, round)
      const run = await alone([disk], [...image, '--changed', areas])
      shares[at]?.shares.push(run.wall / full.wall)
      shares[at]?.runs.push(run)
    }
    const back = join(folder, `disk-${round}.back`)
    await both(
      'restore',
      round,
      disk,
      ['-r', restic, 'restore', 'latest', '--target', `${back}.restic`],
      ['image', 'restore', '-r', ours, 'latest', '--name', 'disk', '--target', back],
    )
    for (const path of [restic, ours, back, `${back}.restic`]) rmSync(path, { recursive: true })
  }
  return shares
}

export interface SparseBench extends Pick<ImageBench, 'folder' | 'rounds' | 'place' | 'alone'> {
  readonly dataMib: number
}

/** Backs a disk of 4 TiB up that has little data, changes a hundredth of its blocks that have any, backs the changes up. */
export async function benchSparse({ folder, dataMib, rounds, place, alone }: SparseBench): Promise<Share> {
  const name = `disk of 4 TiB with ${dataMib} MiB of data, 1 % of these blocks, in runs of 8 MiB`
  const share: Share = { name, must: 0.05, shares: [], runs: [] }
  const disk = makeSparseDisk(join(folder, 'sparse.raw'), dataMib)
  for (let round = 0; round < rounds; round++) {
    const [restic, ours] = place(round)
    const image = ['image', 'backup', '-r', ours, disk.path, '--name', 'disk']
    // Nobody can read all of it before: it was written just now.
    const full = await alone([], image)
    const run = await alone([], [...image, '--changed', changeDisk(disk, { inARow: 8 * MIB }, round)])
    share.shares.push(run.wall / full.wall)
    share.runs.push(run)
    for (const path of [restic, ours]) rmSync(path, { recursive: true })
  }
  rmSync(disk.path)
  return share
}
