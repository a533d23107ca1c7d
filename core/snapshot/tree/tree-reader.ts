import { isUtf8 } from 'node:buffer'
import type { BigIntStats } from 'node:fs'

import { CoreError } from '../../base/index.ts'
import { readHexBytes, isLowerHex } from '../json/ascii.ts'
import { SplitTime, ZERO_TIME } from '../json/go-time.ts'
import { readJsonBytes } from '../json/json-string.ts'
import { readBase64, readExtendedAttributes } from './extended-attributes.ts'
import { goModeFromUnix } from './go-file-mode.ts'
import { FIELD, FIELD_NAMES } from './node-field.ts'
import { compareNames } from './node-name.ts'
import type { ExtendedAttribute, Node, NodeType } from './node.ts'
import { LARGE, TreeScanner } from './tree-scanner.ts'

const TYPES: readonly NodeType[] = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular']
const TYPE_BYTES = TYPES.map((type) => Buffer.from(type))
const FILE_BYTES = Buffer.from('file')
const DIR_BYTES = Buffer.from('dir')
const ID_LENGTH = 32

/** What `lstat` with `bigint: true` tells of a file's content. */
export type ContentStat = Pick<BigIntStats, 'size' | 'mtimeNs' | 'ctimeNs' | 'ino'>
/** What it tells of who may do what with the file. */
export type MetadataStat = Pick<BigIntStats, 'mode' | 'uid' | 'gid' | 'nlink' | 'dev'>

/**
 * Reads a tree's nodes one after another, in the order of their names. The reader itself is the view of the current
 * node: after `next` the properties tell of the next one. Nothing is decoded before it is asked for, and nothing that
 * `next` and the comparisons do makes garbage. Buffers share memory with the tree where the stored bytes allow.
 *
 * Any JSON that Go would read is read, whatever its white space and order. Everything else fails with
 * `repository/damaged` and names the tree, the byte and what is wrong there; a property may fail so too. A node type
 * that is not known fails with `repository/unsupported`, only where it is asked for.
 */
export class TreeReader extends TreeScanner {
  readonly #stored = new SplitTime()
  readonly #given = new SplitTime()

  /** The node as it is stored, for `TreeWriter.addRaw`. */
  get raw(): Buffer {
    return this.bytes.subarray(this.rawStart, this.rawEnd)
  }

  get name(): Buffer {
    const decoded = this.decodedName
    if (decoded !== undefined) return Buffer.from(decoded.buffer, decoded.byteOffset, decoded.length)
    return this.bytes.subarray(this.starts[FIELD.name], this.ends[FIELD.name])
  }

  get type(): NodeType {
    for (const [i, bytes] of TYPE_BYTES.entries()) if (this.#is(FIELD.type, bytes)) return TYPES[i] ?? 'irregular'
    const shown = JSON.stringify(this.#text(FIELD.type).slice(0, 40))
    throw new CoreError('repository/unsupported', `${shown} is a node type that this version does not know`, {
      safety: 'Nothing was changed.',
      remedy: 'Restore this entry with a newer version, or with restic.',
    })
  }

  /** Whether the type is `file`, and `dir`; never fails. */
  get isFile(): boolean {
    return this.#is(FIELD.type, FILE_BYTES)
  }
  get isDir(): boolean {
    return this.#is(FIELD.type, DIR_BYTES)
  }

  get mode(): number {
    return this.#small(FIELD.mode)
  }
  get mtime(): bigint {
    return this.#time(FIELD.mtime)
  }
  get atime(): bigint {
    return this.#time(FIELD.atime)
  }
  get ctime(): bigint {
    return this.#time(FIELD.ctime)
  }
  get uid(): number {
    return this.#small(FIELD.uid)
  }
  get gid(): number {
    return this.#small(FIELD.gid)
  }
  get user(): string {
    return this.#text(FIELD.user)
  }
  get group(): string {
    return this.#text(FIELD.group)
  }
  get inode(): bigint {
    return this.#big(FIELD.inode)
  }
  get deviceId(): bigint {
    return this.#big(FIELD.device_id)
  }
  get size(): bigint {
    return this.#big(FIELD.size)
  }
  get links(): bigint {
    return this.#big(FIELD.links)
  }
  get device(): bigint {
    return this.#big(FIELD.device)
  }
  get error(): string {
    return this.#text(FIELD.error)
  }

  /** Raw bytes. restic before 0.16 lost what was not UTF-8 in them. */
  get linkTarget(): Buffer | undefined {
    return this.#linkTarget()
  }

  get extendedAttributes(): ExtendedAttribute[] | undefined {
    return this.#extendedAttributes()
  }

  /** A JSON object as it is stored. */
  get genericAttributes(): Buffer | undefined {
    return this.has(FIELD.generic_attributes) ? this.#range(FIELD.generic_attributes) : undefined
  }

  /** How many blobs its content has. */
  get blobs(): number {
    return this.has(FIELD.content) ? this.contentCount : 0
  }

  /** 32 bytes a blob, in new memory. */
  get content(): Buffer | null {
    if (!this.has(FIELD.content)) return null
    const count = this.contentCount
    const ids = Buffer.allocUnsafe(count * ID_LENGTH)
    let at = this.starts[FIELD.content] ?? 0
    for (let i = 0; i < count; i++) {
      at = this.bytes.indexOf(0x22, at) + 1
      readHexBytes(this.bytes, at, ids, i * ID_LENGTH, ID_LENGTH)
      at += 2 * ID_LENGTH + 1
    }
    return ids
  }

  /** 32 bytes, in new memory. */
  get subtree(): Buffer | undefined {
    if (!this.has(FIELD.subtree)) return undefined
    const start = this.starts[FIELD.subtree] ?? 0
    const isId =
      (this.ends[FIELD.subtree] ?? 0) - start === 2 * ID_LENGTH && isLowerHex(this.bytes, start, 2 * ID_LENGTH)
    if (!isId) throw this.json.damaged(start, 'a subtree is not named by 64 hexadecimal digits')
    const id = Buffer.allocUnsafe(ID_LENGTH)
    readHexBytes(this.bytes, start, id, 0, ID_LENGTH)
    return id
  }

  /** Fields that this program does not know: `"key":value`, separated by commas. */
  get unknown(): Buffer | undefined {
    const ranges = this.unknownRanges
    if (ranges.length === 0) return undefined
    const parts: string[] = []
    for (let i = 0; i < ranges.length; i += 2) parts.push(this.bytes.toString('latin1', ranges[i], ranges[i + 1]))
    return Buffer.from(parts.join(','), 'latin1')
  }

  /** Fails where a property would that a restore needs of every node. */
  assertRestorable(): void {
    this.#parse(FIELD.mtime)
    this.#parse(FIELD.atime)
    this.#linkTarget()
    this.#extendedAttributes()
  }

  /** Everything about the current node, as an object that stays true after `next`. */
  node(): Node {
    return {
      name: this.name,
      type: this.type,
      mode: this.mode,
      mtime: this.mtime,
      atime: this.atime,
      ctime: this.ctime,
      uid: this.uid,
      gid: this.gid,
      user: this.user,
      group: this.group,
      inode: this.inode,
      deviceId: this.deviceId,
      size: this.size,
      links: this.links,
      linkTarget: this.linkTarget,
      extendedAttributes: this.extendedAttributes,
      genericAttributes: this.genericAttributes,
      device: this.device,
      content: this.content,
      subtree: this.subtree,
      error: this.error,
      unknown: this.unknown,
    }
  }

  /** Orders the current node's name and `name` by their bytes: below zero where the node comes first. */
  compareName(name: Uint8Array): number {
    const decoded = this.decodedName
    if (decoded !== undefined) return compareNames(decoded, 0, decoded.length, name, 0, name.length)
    return compareNames(this.bytes, this.starts[FIELD.name] ?? 0, this.ends[FIELD.name] ?? 0, name, 0, name.length)
  }

  /**
   * Whether the node is a file whose content is what it was, by restic's rule: size, mtime, ctime and inode are those
   * that `stat` tells.
   */
  hasContentOf(stat: ContentStat): boolean {
    return (
      this.isFile &&
      this.#equals(FIELD.size, stat.size) &&
      this.#isTime(FIELD.mtime, stat.mtimeNs) &&
      this.#isTime(FIELD.ctime, stat.ctimeNs) &&
      this.#equals(FIELD.inode, stat.ino)
    )
  }

  /** Whether mode, uid, gid, links and device_id are those that `stat` tells. */
  hasMetadataOf(stat: MetadataStat): boolean {
    return (
      this.mode === goModeFromUnix(Number(stat.mode)) &&
      this.uid === Number(stat.uid) &&
      this.gid === Number(stat.gid) &&
      this.#equals(FIELD.links, stat.nlink) &&
      this.#equals(FIELD.device_id, stat.dev)
    )
  }

  /** Whether the node's owner and group were called so. */
  hasOwnerNames(user: string, group: string): boolean {
    return this.#isText(FIELD.user, user) && this.#isText(FIELD.group, group)
  }

  #linkTarget(): Buffer | undefined {
    if (this.has(FIELD.linktarget_raw)) {
      const start = this.starts[FIELD.linktarget_raw] ?? 0
      return readBase64(this.json, start, this.ends[FIELD.linktarget_raw] ?? 0)
    }
    return this.has(FIELD.linktarget) ? this.#bytes(FIELD.linktarget) : undefined
  }

  #extendedAttributes(): ExtendedAttribute[] | undefined {
    if (!this.has(FIELD.extended_attributes)) return undefined
    return readExtendedAttributes(this.json, this.starts[FIELD.extended_attributes] ?? 0)
  }

  #range(field: number): Buffer {
    return this.bytes.subarray(this.starts[field], this.ends[field])
  }

  #bytes(field: number): Buffer {
    const start = this.starts[field] ?? 0
    const bytes = readJsonBytes(this.bytes, start, this.ends[field] ?? 0)
    if (!isUtf8(bytes)) throw this.json.damaged(start, `${FIELD_NAMES[field]} is not stored as UTF-8`)
    return bytes
  }

  #text(field: number): string {
    return this.has(field) ? this.#bytes(field).toString() : ''
  }

  #is(field: number, text: Uint8Array): boolean {
    const start = this.starts[field] ?? 0
    if (!this.has(field) || (this.ends[field] ?? 0) - start !== text.length) return false
    for (let i = 0; i < text.length; i++) if (this.bytes[start + i] !== text[i]) return false
    return true
  }

  #isText(field: number, text: string): boolean {
    const start = this.starts[field] ?? 0
    if (!this.has(field) || (this.ends[field] ?? 0) - start !== text.length) return this.#text(field) === text
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[start + i] !== text.charCodeAt(i)) return this.#text(field) === text
    }
    return true
  }

  #small(field: number): number {
    return this.has(field) ? (this.numbers[field] ?? 0) : 0
  }

  #big(field: number): bigint {
    const number = this.#small(field)
    return number === LARGE
      ? BigInt(this.bytes.toString('latin1', this.starts[field], this.ends[field]))
      : BigInt(number)
  }

  /** `lstat` tells numbers from 2^63 up as negative ones. */
  #equals(field: number, value: bigint): boolean {
    const number = this.#small(field)
    return number === LARGE ? this.#big(field) === BigInt.asUintN(64, value) : number === Number(value)
  }

  #parse(field: number): SplitTime {
    const stored = this.#stored
    if (!this.has(field)) stored.set(ZERO_TIME)
    else if (!stored.parse(this.bytes, this.starts[field] ?? 0, this.ends[field] ?? 0)) {
      throw this.json.damaged(this.starts[field] ?? 0, `${FIELD_NAMES[field]} is not a time as RFC 3339 has it`)
    }
    return stored
  }

  #time(field: number): bigint {
    return this.#parse(field).join()
  }

  #isTime(field: number, ns: bigint): boolean {
    const stored = this.#parse(field)
    const given = this.#given
    given.set(ns)
    return stored.nanos === given.nanos && stored.seconds === given.seconds
  }
}
