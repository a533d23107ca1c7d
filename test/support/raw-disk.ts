import { closeSync, ftruncateSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

import { seededChance } from './seeded-chance.ts'

/** What is written somewhere on a disk. Bytes. */
export interface DiskWrite {
  readonly offset: number
  readonly bytes: Buffer
}

/** Makes a raw disk that is a hole but for these. */
export function makeDisk(path: string, bytes: number, writes: readonly DiskWrite[] = []): string {
  const file = openSync(path, 'w')
  ftruncateSync(file, bytes)
  closeSync(file)
  writeDisk(path, writes)
  return path
}

export function writeDisk(path: string, writes: readonly DiskWrite[]): void {
  const file = openSync(path, 'r+')
  try {
    for (const { offset, bytes } of writes) writeSync(file, bytes, 0, bytes.length, offset)
  } finally {
    closeSync(file)
  }
}

/** Writes of half a block or so each, always the same for a seed; some of them are zeros. */
export function randomWrites(seed: string, diskBytes: number, count: number, longest = 700_000): DiskWrite[] {
  const chance = seededChance(seed)
  return Array.from({ length: count }, () => {
    const offset = chance.below(diskBytes)
    const bytes = Buffer.alloc(Math.min(1 + chance.below(longest), diskBytes - offset))
    return { offset, bytes: chance.below(4) === 0 ? bytes : chance.fill(bytes) }
  })
}

/** Where two disks differ for the first time; undefined where they do not. */
export function firstDifference(left: string, right: string): number | undefined {
  const [a, b] = [openSync(left, 'r'), openSync(right, 'r')]
  try {
    const size = fstatSync(a).size
    if (size !== fstatSync(b).size) return Math.min(size, fstatSync(b).size)
    const [x, y] = [Buffer.alloc(4 * 2 ** 20), Buffer.alloc(4 * 2 ** 20)]
    for (let at = 0; at < size; at += x.length) {
      const count = readSync(a, x, 0, x.length, at)
      readSync(b, y, 0, y.length, at)
      if (x.compare(y, 0, count, 0, count) !== 0) return at + x.findIndex((byte, place) => byte !== y[place])
    }
    return undefined
  } finally {
    closeSync(a)
    closeSync(b)
  }
}
