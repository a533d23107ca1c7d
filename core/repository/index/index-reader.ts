import { CoreError } from '../../base/index.ts'
import { type BlobType, ID_BYTES } from '../blob.ts'

/** What is told of an index file, in the order of the file. */
export interface IndexVisitor {
  /** `id` is only valid during the call. Returns what to call this pack in `blob`. */
  pack(id: Uint8Array): number
  /** `id` is only valid during the call. */
  blob(pack: number, type: BlobType, id: Uint8Array, offset: number, length: number, uncompressedLength: number): void
  /** The index file of this name is replaced by the one being read. */
  supersedes?(name: string): void
}

/** What `JSON.parse` makes of an index file, before any of it is believed. */
interface IndexDocument {
  readonly supersedes?: unknown
  readonly packs?: unknown
}

/**
 * Reads the plain text of the index file `name`. Throws `repository/damaged` for anything that is not one.
 *
 * Files of restic and Holdfast are ≤ 8 MiB, so parsing one whole is a passing garbage of some 30 MB, and the visitor
 * keeps 48 bytes a blob. Larger ones (restic before 0.9) are refused above V8's longest string only.
 */
export function readIndex(plain: Buffer, name: string, visitor: IndexVisitor): void {
  try {
    visit(parse(plain), visitor)
  } catch (error) {
    if (!(error instanceof NotAnIndex)) throw error
    throw new CoreError('repository/damaged', `The index ${name} is damaged: ${error.message}.`, {
      cause: error.cause,
      safety: 'The packs that it lists are not affected.',
      remedy: 'Have the index built anew from the packs: `restic repair index`.',
    })
  }
}

/** What is wrong with it, in words that follow a colon. */
class NotAnIndex extends Error {
  override readonly name = 'NotAnIndex'
}

function visit(document: IndexDocument, visitor: IndexVisitor): void {
  if (document.supersedes !== undefined && document.supersedes !== null) {
    if (!Array.isArray(document.supersedes)) throw damaged('`supersedes` is not a list')
    for (const name of document.supersedes) visitor.supersedes?.(String(name))
  }
  if (document.packs === null) return
  if (!Array.isArray(document.packs)) throw damaged('`packs` is not a list')
  const id = Buffer.allocUnsafe(ID_BYTES)
  for (const pack of document.packs as unknown[]) {
    if (!isRecord(pack)) throw damaged('a pack is not an object')
    const number = visitor.pack(readId(pack['id'], id))
    const blobs = pack['blobs']
    if (!Array.isArray(blobs)) throw damaged('the blobs of a pack are not a list')
    for (const blob of blobs as unknown[]) {
      if (!isRecord(blob)) throw damaged('a blob is not an object')
      const { type } = blob
      if (type !== 'data' && type !== 'tree') throw damaged(`a blob has the type ${JSON.stringify(type)}`)
      const offset = readSize(blob['offset'], 'offset')
      const length = readSize(blob['length'], 'length')
      const uncompressed = blob['uncompressed_length']
      const uncompressedLength = uncompressed === undefined ? 0 : readSize(uncompressed, 'uncompressed_length')
      visitor.blob(number, type, readId(blob['id'], id), offset, length, uncompressedLength)
    }
  }
}

function parse(plain: Buffer): IndexDocument {
  try {
    const document: unknown = JSON.parse(plain.toString('latin1'))
    // The oldest index files were a bare list of packs.
    if (Array.isArray(document)) return { packs: document }
    if (isRecord(document)) return document
  } catch (error) {
    throw damaged('it is not JSON', error)
  }
  throw damaged('it is not an object')
}

function readId(value: unknown, target: Buffer): Buffer {
  if (typeof value !== 'string' || value.length !== ID_BYTES * 2 || target.write(value, 'hex') !== ID_BYTES) {
    throw damaged('an id is not 64 hexadecimal digits')
  }
  return target
}

function readSize(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value
  throw damaged(`\`${name}\` is ${JSON.stringify(value)}`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function damaged(what: string, cause?: unknown): NotAnIndex {
  return new NotAnIndex(what, { cause })
}
