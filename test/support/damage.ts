import { createSealer, type MasterKey, readPackHeader } from '../../core/repository/index.ts'
import type { FileKind } from '../../core/storage/index.ts'
import { seededChance } from './seeded-chance.ts'
import type { Change } from './stored-files.ts'

/** A change to one file, with words for it. */
export interface Damage extends Change {
  readonly title: string
  readonly how: 'flip' | 'cut' | 'grow' | 'empty' | 'remove' | 'swap'
}

/** A run of bytes in a file that means something. */
export interface Region {
  readonly title: string
  readonly start: number
  readonly end: number
}

const IV = 16
const MAC = 16
const LENGTH = 4

/** The parts of a sealed run. */
function sealedRegions(title: string, start: number, end: number): Region[] {
  return [
    { title: `${title} IV`, start, end: start + IV },
    { title: `${title} ciphertext`, start: start + IV, end: end - MAC },
    { title: `${title} MAC`, start: end - MAC, end },
  ].filter((region) => region.end > region.start)
}

/** All parts of a pack: each blob, each field of each entry of the header, and the header's length. */
function packRegions(body: Buffer, key: MasterKey): Region[] {
  const entries = readPackHeader(body, createSealer(key))
  const headerEnd = body.length - LENGTH
  const headerStart = headerEnd - body.readUInt32LE(headerEnd)
  const regions = entries.flatMap(({ offset, length }, at) => sealedRegions(`blob ${at}`, offset, offset + length))
  let at = headerStart + IV
  for (const [number, { uncompressedLength }] of entries.entries()) {
    const fields = uncompressedLength > 0 ? FIELDS : FIELDS.filter(({ field }) => field !== 'uncompressed length')
    for (const { field, bytes } of fields) {
      regions.push({ title: `entry ${number} ${field}`, start: at, end: at + bytes })
      at += bytes
    }
  }
  return [
    ...regions,
    { title: 'header IV', start: headerStart, end: headerStart + IV },
    { title: 'header MAC', start: headerEnd - MAC, end: headerEnd },
    ...[0, 1, 2, 3].map((byte) => ({
      title: `header length byte ${byte}`,
      start: headerEnd + byte,
      end: headerEnd + byte + 1,
    })),
  ]
}

const FIELDS = [
  { field: 'type', bytes: 1 },
  { field: 'length', bytes: 4 },
  { field: 'uncompressed length', bytes: 4 },
  { field: 'id', bytes: 32 },
]

/** The values in a key file, which is JSON, and a brace. */
function keyRegions(body: Buffer): Region[] {
  const text = body.toString('latin1')
  const values = [...text.matchAll(/"(\w+)":("[^"]*"|\d+)/g)].map(({ 1: title = '', 2: value = '', index }) => {
    const start = index + title.length + 3 + (value.startsWith('"') ? 1 : 0)
    return { title, start, end: start + value.replaceAll('"', '').length }
  })
  return [{ title: 'brace', start: 0, end: 1 }, ...values.filter(({ start, end }) => end > start)]
}

function regionsOf(kind: FileKind, body: Buffer, key: MasterKey): Region[] {
  if (kind === 'pack') return packRegions(body, key)
  return kind === 'key' ? keyRegions(body) : sealedRegions('its', 0, body.length)
}

/** One bit of the file turned over. */
export function flip(kind: FileKind, name: string, body: Buffer, bit: number, title: string): Damage {
  const changed = Buffer.from(body)
  changed.writeUInt8(changed.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3)
  return { kind, name, body: changed, how: 'flip', title: `bit ${bit} of ${title}` }
}

/** A bit in every region, chosen by `seed`. */
export function flips(kind: FileKind, name: string, body: Buffer, key: MasterKey, seed: number): Damage[] {
  const chance = seededChance(seed)
  return regionsOf(kind, body, key).map(({ title, start, end }) =>
    flip(kind, name, body, start * 8 + chance.below((end - start) * 8), title),
  )
}

/** The file cut off at the start, the end and next to every border of a region, made longer, emptied and removed. */
export function losses(kind: FileKind, name: string, body: Buffer, key: MasterKey): Damage[] {
  const ends = new Set([1, body.length - 1])
  for (const { start, end } of regionsOf(kind, body, key)) {
    ends.add(start)
    ends.add(end)
  }
  const cuts = [...ends].filter((end) => end > 0 && end < body.length)
  return [
    ...cuts.map((end): Damage => ({ kind, name, body: body.subarray(0, end), how: 'cut', title: `cut at ${end}` })),
    { kind, name, body: Buffer.concat([body, Buffer.from('x')]), how: 'grow', title: 'one byte longer' },
    { kind, name, body: Buffer.alloc(0), how: 'empty', title: 'empty' },
    { kind, name, body: undefined, how: 'remove', title: 'removed' },
  ]
}
