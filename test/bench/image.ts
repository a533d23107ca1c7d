import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { makeText, seeded } from './data.ts'
import { type Run } from './measure.ts'

const MIB = 2 ** 20
const BLOCK = MIB
const PIECE = 64 * MIB

/** A raw disk of `mib` MiB: three parts in eight incompressible, three of text, two never written, mixed by 64 MiB. */
function makeRawDisk(path: string, mib: number): void {
  const file = openSync(path, 'w')
  ftruncateSync(file, mib * MIB)
  for (let piece = 0; piece * PIECE < mib * MIB; piece++) {
    const kind = piece % 8
    if (kind === 3 || kind === 7) continue
    const content = kind % 2 === 0 ? randomFillSync(Buffer.allocUnsafe(PIECE)) : makeText(500 + piece, PIECE)
    writeFully(file, content.subarray(0, Math.min(PIECE, mib * MIB - piece * PIECE)), piece * PIECE)
  }
  fsyncSync(file)
  closeSync(file)
}

/** How the blocks lie that change: in runs of this many, or as single writes of this many bytes somewhere. */
type Change = { readonly runOfBlocks: number } | { readonly writeBytes: number }

/** Changes a hundredth of a disk, and lists where. Returns the path of the list. */
function changeDisk(path: string, mib: number, change: Change, round: number): string {
  const random = seeded(round + 1)
  const length = 'runOfBlocks' in change ? change.runOfBlocks * BLOCK : change.writeBytes
  const count = Math.max(1, Math.round((mib * MIB) / 100 / length))
  const file = openSync(path, 'r+')
  const areas = Array.from({ length: count }, () => {
    const offset = Math.floor((random() * mib * MIB) / length) * length
    return { offset, length: Math.min(length, mib * MIB - offset) }
  })
  for (const area of areas) writeFully(file, randomFillSync(Buffer.allocUnsafe(area.length)), area.offset)
  fsyncSync(file)
  closeSync(file)
  const list = `${path}.areas.json`
  writeFileSync(list, JSON.stringify(areas))
  return list
}

function writeFully(file: number, content: Buffer, position: number): void {
  for (let at = 0; at < content.length;) at += writeSync(file, content, at, content.length - at, position + at)
}

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
  { name: '1 % of its blocks, in runs of 8 MiB', must: 0.05, change: { runOfBlocks: 8 } },
  { name: '1 % of its bytes, in scattered 64 KiB', must: 0, change: { writeBytes: 64 * 1024 } },
]

/** Backs a disk up, changes it, backs the changes up. The next round begins with what it is then. */
export async function benchImage({ folder, mib, rounds, place, both, alone }: ImageBench): Promise<Share[]> {
  const shares = CHANGES.map(({ name, must }): Share => ({ name, must, shares: [], runs: [] }))
  const disk = join(folder, 'disk.raw')
  makeRawDisk(disk, mib)
  for (let round = 0; round < rounds; round++) {
    const [restic, ours] = place(round)
    const image = ['image', 'backup', '-r', ours, disk, '--name', 'disk']
    const full = await both('backup', round, disk, ['-r', restic, 'backup', disk], image)
    for (const [at, { change }] of CHANGES.entries()) {
      const areas = changeDisk(disk, mib, change, round)
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
