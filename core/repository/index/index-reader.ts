import { CoreError, parseInstant } from '../../base/index.ts'
import { ID_BYTES } from '../blob.ts'
import { IndexContent, PACK_WORD, TREE_BIT, type WaitingPacks } from './index-content.ts'
import { scanIndex } from './index-scanner.ts'
import type { WaitNote } from './wait-note.ts'

/**
 * Reads the plain text of an index file into `content`, which is cleared before. Throws `repository/damaged` for anything
 * that is not one: then nothing of it counts.
 *
 * Files of restic and Holdfast have at most 8 MiB. Larger ones (restic before 0.9) are read as long as they are written as
 * restic writes them.
 */
export function readIndex(plain: Buffer, content: IndexContent): void {
  content.clear()
  if (scanIndex(plain, content)) return
  content.clear()
  assertModest(plain)
  readDocument(parse(plain), content)
}

/** What `JSON.parse` makes of an index file, before any of it is believed. */
interface IndexDocument {
  readonly supersedes?: unknown
  readonly packs?: unknown
  readonly packs_to_delete?: unknown
}

function readDocument({ supersedes, packs, packs_to_delete: waiting }: IndexDocument, content: IndexContent): void {
  for (const name of listOf(supersedes ?? null, '`supersedes`')) {
    if (typeof name !== 'string' || !/^[0-9a-f]{64}$/.test(name)) throw damaged('a superseded name is not an id')
    content.supersedes.push(name)
  }
  for (const pack of listOf(packs, '`packs`')) readPack(pack, content)
  const waitingPacks = listOf(waiting ?? null, '`packs_to_delete`')
  if (waitingPacks.length > 0) content.waiting = readWaiting(waitingPacks)
}

function readWaiting(packs: readonly unknown[]): WaitingPacks {
  const content = new IndexContent()
  const notes = packs.map((pack) => readNote(readPack(pack, content)))
  return { content, notes }
}

/** A note that cannot be read makes no index unreadable. */
function readNote({ time, grace_seconds: grace, counted_from: countedFrom }: Record<string, unknown>): WaitNote {
  return {
    since: instantOf(time),
    grace: typeof grace === 'number' ? Math.min(Math.round(grace * SECOND), Number.MAX_SAFE_INTEGER) : Number.NaN,
    countedFrom: instantOf(countedFrom),
  }
}

function instantOf(value: unknown): number {
  return typeof value === 'string' ? parseInstant(value) : Number.NaN
}

const SECOND = 1000

function readPack(pack: unknown, content: IndexContent): Record<string, unknown> {
  if (!isRecord(pack)) throw damaged('a pack is not an object')
  readId(pack['id'], content.addPack(), 0)
  for (const blob of listOf(pack['blobs'], 'the blobs of a pack')) readBlob(blob, content)
  return pack
}

function readBlob(blob: unknown, content: IndexContent): void {
  if (!isRecord(blob)) throw damaged('a blob is not an object')
  const { id, type, offset, length, uncompressed_length: uncompressedLength = 0 } = blob
  if (type !== 'data' && type !== 'tree') throw damaged('a blob is neither data nor tree')
  const row = content.addBlob()
  readId(id, content.bytes, row * 4)
  const { words } = content
  words[row + PACK_WORD] = type === 'tree' ? TREE_BIT : 0
  words[row + PACK_WORD + 1] = readSize(offset, 'offset')
  words[row + PACK_WORD + 2] = readSize(length, 'length')
  words[row + PACK_WORD + 3] = readSize(uncompressedLength, 'uncompressed_length')
}

/** What takes V8's parser is bounded: eight times what restic writes, and so many values as that has. */
const MOST_PARSED = 64 * 1024 * 1024
const MOST_VALUES = 2 ** 22

/** A value may take V8 fifty times the bytes that it has in JSON. */
function assertModest(plain: Buffer): void {
  if (plain.length > MOST_PARSED) throw damaged(`it has ${plain.length} bytes, more than any that is written otherwise`)
  let values = 0
  for (const byte of plain) if (byte === COMMA || byte === LIST || byte === OBJECT) values++
  if (values > MOST_VALUES) throw damaged('it lists more than an index holds')
}

const COMMA = 0x2c
const LIST = 0x5b
const OBJECT = 0x7b

function parse(plain: Buffer): IndexDocument {
  let document: unknown
  try {
    document = JSON.parse(plain.toString('latin1'))
  } catch (error) {
    throw damaged('it is not JSON', error)
  }
  // The oldest index files were a bare list of packs.
  if (Array.isArray(document)) return { packs: document }
  if (isRecord(document)) return document
  throw damaged('it is not an object')
}

/** Go writes an empty list as null. */
function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === null) return []
  if (Array.isArray(value)) return value as unknown[]
  throw damaged(`${name} is not a list`)
}

function readId(value: unknown, target: Buffer, at: number): void {
  if (typeof value !== 'string' || value.length !== ID_BYTES * 2 || target.write(value, at, 'hex') !== ID_BYTES) {
    throw damaged('an id is not 64 hexadecimal digits')
  }
}

function readSize(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value
  throw damaged(`\`${name}\` is no length below 4 GiB`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function damaged(what: string, cause?: unknown): CoreError {
  return new CoreError('repository/damaged', `the index file is damaged: ${what}`, { cause })
}
