import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs'

import { makeText, seeded } from './data.ts'

const MIB = 2 ** 20
const PIECE = 64 * MIB

/** A raw disk with data in pieces of 64 MiB. Bytes. */
export interface RawDisk {
  readonly path: string
  readonly bytes: number
  /** Of the pieces together. */
  readonly dataBytes: number
}

/** A disk of which three parts in eight are incompressible, three text, two never written, mixed by 64 MiB. */
export function makeRawDisk(path: string, mib: number): RawDisk {
  return make({ path, bytes: mib * MIB, dataBytes: mib * MIB }, (piece) => piece % 4 === 3)
}

/** A disk of 4 TiB with so much data, in pieces that lie equally far from one another. */
export function makeSparseDisk(path: string, dataMib: number): RawDisk {
  return make({ path, bytes: 4 * 2 ** 40, dataBytes: dataMib * MIB }, () => false)
}

function make(disk: RawDisk, isHole: (piece: number) => boolean): RawDisk {
  const file = openSync(disk.path, 'w')
  ftruncateSync(file, disk.bytes)
  for (let piece = 0; piece * PIECE < disk.dataBytes; piece++) {
    if (isHole(piece)) continue
    const content = piece % 2 === 0 ? randomFillSync(Buffer.allocUnsafe(PIECE)) : makeText(500 + piece, PIECE)
    writeFully(file, content.subarray(0, Math.min(PIECE, disk.dataBytes - piece * PIECE)), placeOf(disk, piece * PIECE))
  }
  fsyncSync(file)
  closeSync(file)
  return disk
}

/** Where on the disk a byte of the data lies. */
function placeOf({ bytes, dataBytes }: RawDisk, at: number): number {
  const apart = Math.floor(bytes / dataBytes) * PIECE
  return Math.floor(at / PIECE) * apart + (at % PIECE)
}

/** How the bytes lie that change: so many in a row, at a multiple of that. 64 MiB are a multiple of it, too. */
export interface Change {
  readonly inARow: number
}

/** Changes a hundredth of the data of a disk, and lists where. Returns the path of the list. */
export function changeDisk(disk: RawDisk, { inARow }: Change, round: number): string {
  const random = seeded(round + 1)
  const { path, dataBytes } = disk
  const count = Math.max(1, Math.round(dataBytes / 100 / inARow))
  const file = openSync(path, 'r+')
  const areas = Array.from({ length: count }, () => {
    const at = Math.floor((random() * dataBytes) / inARow) * inARow
    return { offset: placeOf(disk, at), length: Math.min(inARow, dataBytes - at) }
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
