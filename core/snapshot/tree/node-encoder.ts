import { isUtf8 } from 'node:buffer'

import { CoreError } from '../../base/index.ts'
import { writeAscii, writeDecimal, writeHex, writeUnsigned } from '../json/ascii.ts'
import { quote } from '../json/go-quote.ts'
import { TimeWriter } from '../json/go-time.ts'
import { writeJsonBytes, writeJsonText } from '../json/json-string.ts'
import { isNodeName } from './node-name.ts'
import type { ExtendedAttribute, Node, NodeType } from './node.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const ID_LENGTH = 32

/** No JSON string takes more than six bytes for a byte (or a UTF-16 unit), Go's quoting of names included. */
const WIDEST = 6

/** Enough for all keys, punctuation, numbers and times of a node. */
const FIXED = 1024

const NAME = Buffer.from('{"name":"')
const TYPES: Readonly<Record<NodeType, Buffer>> = {
  file: Buffer.from('","type":"file"'),
  dir: Buffer.from('","type":"dir"'),
  symlink: Buffer.from('","type":"symlink"'),
  dev: Buffer.from('","type":"dev"'),
  chardev: Buffer.from('","type":"chardev"'),
  fifo: Buffer.from('","type":"fifo"'),
  socket: Buffer.from('","type":"socket"'),
  irregular: Buffer.from('","type":"irregular"'),
}
const MODE = Buffer.from(',"mode":')
const MTIME = Buffer.from(',"mtime":"')
const ATIME = Buffer.from('","atime":"')
const CTIME = Buffer.from('","ctime":"')
const UID = Buffer.from('","uid":')
const GID = Buffer.from(',"gid":')
const USER = Buffer.from(',"user":"')
const GROUP = Buffer.from(',"group":"')
const INODE = Buffer.from(',"inode":')
const DEVICE_ID = Buffer.from(',"device_id":')
const SIZE = Buffer.from(',"size":')
const LINKS = Buffer.from(',"links":')
const LINK_TARGET = Buffer.from(',"linktarget":"')
const LINK_TARGET_RAW = Buffer.from(',"linktarget_raw":"')
const ATTRIBUTES = Buffer.from(',"extended_attributes":[')
const ATTRIBUTE_NAME = Buffer.from('{"name":"')
const ATTRIBUTE_VALUE = Buffer.from('","value":')
const GENERIC_ATTRIBUTES = Buffer.from(',"generic_attributes":')
const DEVICE = Buffer.from(',"device":')
const CONTENT = Buffer.from(',"content":')
const SUBTREE = Buffer.from(',"subtree":"')
const ERROR = Buffer.from(',"error":"')
const NULL = Buffer.from('null')

/**
 * Writes nodes as restic's encoder does: the fields in the order of its Node struct, what is zero or empty left out but
 * for times, uid, gid and content. Times are written in UTC.
 */
export class NodeEncoder {
  readonly #times = new TimeWriter()

  /**
   * How many bytes `write` takes at most.
   * @throws CoreError `internal/defect` for a node that no tree can hold.
   */
  room(node: Node): number {
    const { name, user, group, linkTarget, extendedAttributes, genericAttributes, content, subtree, error, unknown } =
      node
    if (!isNodeName(name, 0, name.length)) throw unfit(name, 'no entry of a folder can be called so')
    if (content !== null && content.length % ID_LENGTH !== 0) throw unfit(name, 'its content is not made of whole ids')
    if (subtree !== undefined && subtree.length !== ID_LENGTH) throw unfit(name, 'its subtree is not one id')
    let room = FIXED + WIDEST * (name.length + user.length + group.length)
    if (content !== null) room += (content.length / ID_LENGTH) * (2 * ID_LENGTH + 3)
    if (linkTarget !== undefined) room += (WIDEST + 2) * linkTarget.length
    if (error !== undefined) room += WIDEST * error.length
    if (genericAttributes !== undefined) room += genericAttributes.length
    if (unknown !== undefined) room += unknown.length
    if (extendedAttributes === undefined) return room
    for (const { name: key, value } of extendedAttributes) room += 32 + WIDEST * key.length + 2 * (value?.length ?? 0)
    return room
  }

  /** Writes a node and returns the position after it. `target` needs `room(node)` bytes there. */
  write(target: Buffer, start: number, node: Node): number {
    const times = this.#times
    let at = writeAscii(target, start, NAME)
    at = writeJsonBytes(target, at, quote(node.name))
    at = writeAscii(target, at, TYPES[node.type])
    if (node.mode !== 0) at = writeDecimal(target, writeAscii(target, at, MODE), node.mode)
    at = times.write(target, writeAscii(target, at, MTIME), node.mtime)
    at = times.write(target, writeAscii(target, at, ATIME), node.atime)
    at = times.write(target, writeAscii(target, at, CTIME), node.ctime)
    at = writeDecimal(target, writeAscii(target, at, UID), node.uid)
    at = writeDecimal(target, writeAscii(target, at, GID), node.gid)
    if (node.user !== '') at = writeText(target, at, USER, node.user)
    if (node.group !== '') at = writeText(target, at, GROUP, node.group)
    at = writeNumber(target, at, INODE, node.inode)
    at = writeNumber(target, at, DEVICE_ID, node.deviceId)
    at = writeNumber(target, at, SIZE, node.size)
    at = writeNumber(target, at, LINKS, node.links)
    if (node.linkTarget !== undefined && node.linkTarget.length > 0) at = writeLinkTarget(target, at, node.linkTarget)
    if (node.extendedAttributes !== undefined && node.extendedAttributes.length > 0) {
      at = writeAttributes(target, at, node.extendedAttributes)
    }
    if (node.genericAttributes !== undefined) {
      at = writeBytes(target, writeAscii(target, at, GENERIC_ATTRIBUTES), node.genericAttributes)
    }
    if (node.device !== undefined) at = writeNumber(target, at, DEVICE, node.device)
    at = writeContent(target, writeAscii(target, at, CONTENT), node.content)
    if (node.subtree !== undefined) {
      at = writeHex(target, writeAscii(target, at, SUBTREE), node.subtree, 0, ID_LENGTH)
      target[at++] = QUOTE
    }
    if (node.error !== undefined && node.error !== '') at = writeText(target, at, ERROR, node.error)
    if (node.unknown !== undefined && node.unknown.length > 0) {
      target[at++] = COMMA
      at = writeBytes(target, at, node.unknown)
    }
    target[at++] = CLOSE_BRACE
    return at
  }
}

function writeBytes(target: Buffer, at: number, bytes: Uint8Array): number {
  target.set(bytes, at)
  return at + bytes.length
}

function writeText(target: Buffer, at: number, key: Uint8Array, text: string): number {
  const end = writeJsonText(target, writeAscii(target, at, key), text)
  target[end] = QUOTE
  return end + 1
}

function writeNumber(target: Buffer, at: number, key: Uint8Array, value: bigint): number {
  return value === 0n ? at : writeUnsigned(target, writeAscii(target, at, key), value)
}

function writeLinkTarget(target: Buffer, at: number, linkTarget: Buffer): number {
  let end = writeJsonBytes(target, writeAscii(target, at, LINK_TARGET), linkTarget)
  target[end++] = QUOTE
  if (isUtf8(linkTarget)) return end
  end = writeAscii(target, end, LINK_TARGET_RAW)
  end += target.write(linkTarget.toString('base64'), end, 'latin1')
  target[end++] = QUOTE
  return end
}

function writeAttributes(target: Buffer, at: number, attributes: readonly ExtendedAttribute[]): number {
  let end = writeAscii(target, at, ATTRIBUTES)
  for (const { name, value } of attributes) {
    end = writeJsonBytes(target, writeAscii(target, end, ATTRIBUTE_NAME), name)
    end = writeAscii(target, end, ATTRIBUTE_VALUE)
    end += target.write(value === null ? 'null' : `"${value.toString('base64')}"`, end, 'latin1')
    target[end++] = CLOSE_BRACE
    target[end++] = COMMA
  }
  target[end - 1] = CLOSE_BRACKET
  return end
}

function writeContent(target: Buffer, at: number, content: Buffer | null): number {
  if (content === null) return writeAscii(target, at, NULL)
  let end = at
  target[end++] = OPEN_BRACKET
  for (let from = 0; from < content.length; from += ID_LENGTH) {
    if (from > 0) target[end++] = COMMA
    target[end++] = QUOTE
    end = writeHex(target, end, content, from, from + ID_LENGTH)
    target[end++] = QUOTE
  }
  target[end++] = CLOSE_BRACKET
  return end
}

function unfit(name: Buffer, problem: string): CoreError {
  return new CoreError('internal/defect', `The entry ${JSON.stringify(name.toString())} cannot be stored: ${problem}`)
}
