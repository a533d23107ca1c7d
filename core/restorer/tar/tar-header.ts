import type { ExtendedAttribute } from '../../snapshot/index.ts'
import { aclText } from './acl-text.ts'
import { PaxRecords } from './pax-records.ts'

/** What an archive tells of an entry. */
export interface TarEntry {
  readonly kind: TarKind
  /** Without a slash at either end. */
  readonly path: Buffer
  /** Permissions, set-user-id and so on: `st_mode` without the type. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly user: string
  readonly group: string
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** Bytes that follow the header; 0 for all but files. */
  readonly size: bigint
  /** Where a symbolic link points, or the path in the archive that a hard link is another name of. */
  readonly linkTarget?: Buffer | undefined
  /** `st_rdev` of a device. */
  readonly device?: bigint | undefined
  readonly attributes?: readonly ExtendedAttribute[] | undefined
}

export type TarKind = keyof typeof TYPE_FLAGS

/** Everything in an archive begins at a multiple of this. */
const TAR_BLOCK = 512

const TYPE_FLAGS = { file: '0', 'hard link': '1', symlink: '2', chardev: '3', dev: '4', dir: '5', fifo: '6' } as const
const EXTENDED = 'x'

/** Where the fields of a ustar header begin and how long they are (POSIX, pax, "ustar Header Block"). */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkName: [157, 100],
  magic: [257, 8],
  user: [265, 32],
  group: [297, 32],
  deviceMajor: [329, 8],
  deviceMinor: [337, 8],
  prefix: [345, 155],
} as const
type Field = readonly [start: number, length: number]

const SLASH = 0x2f
const NANOSECONDS = 1_000_000_000n

/**
 * The header of an entry, in the ustar format; where that has no room for what there is (long paths, sizes from 8 GiB
 * on, nanoseconds, large owner numbers, extended attributes) a PAX header before it tells the rest.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const header = Buffer.alloc(TAR_BLOCK)
  const pax = new PaxRecords()
  const { kind, linkTarget, mtime } = entry

  writePath(header, pax, kind === 'dir' ? Buffer.concat([entry.path, Buffer.of(SLASH)]) : entry.path)
  writeNumber(header, FIELD.mode, BigInt(entry.mode))
  writeOrExtend(header, FIELD.uid, BigInt(entry.uid), 'uid', pax)
  writeOrExtend(header, FIELD.gid, BigInt(entry.gid), 'gid', pax)
  writeOrExtend(header, FIELD.size, entry.size, 'size', pax)
  const seconds = floorSeconds(mtime)
  const isWhole = writeNumber(header, FIELD.mtime, seconds) && seconds * NANOSECONDS === mtime
  if (!isWhole) pax.set('mtime', decimalSeconds(mtime))
  header.write(TYPE_FLAGS[kind], FIELD.type[0], 'latin1')
  if (linkTarget && !writeBytes(header, FIELD.linkName, linkTarget)) pax.set('linkpath', linkTarget)
  writeName(header, FIELD.user, entry.user, 'uname', pax)
  writeName(header, FIELD.group, entry.group, 'gname', pax)
  writeNumber(header, FIELD.deviceMajor, majorOf(entry.device ?? 0n))
  writeNumber(header, FIELD.deviceMinor, minorOf(entry.device ?? 0n))
  for (const { name, value } of entry.attributes ?? []) addAttribute(pax, name, value ?? Buffer.alloc(0))
  seal(header)

  const extended = pax.bytes
  return extended ? Buffer.concat([extendedHeader(extended), extended, padding(extended.length), header]) : header
}

/** What follows so many bytes up to the next block. */
export function padding(bytes: number | bigint): Buffer {
  return ZEROS.subarray(0, (TAR_BLOCK - Number(BigInt(bytes) % BigInt(TAR_BLOCK))) % TAR_BLOCK)
}

const ZEROS = Buffer.alloc(2 * TAR_BLOCK)

/** Ends an archive. */
export const TAR_END = ZEROS

/** Programs that do not know PAX make a file of it: of all of them the same one. */
function extendedHeader({ length }: Buffer): Buffer {
  const header = Buffer.alloc(TAR_BLOCK)
  writeBytes(header, FIELD.name, Buffer.from('PaxHeaders/entry'))
  writeNumber(header, FIELD.mode, 0o600n)
  for (const field of [FIELD.uid, FIELD.gid, FIELD.mtime, FIELD.deviceMajor, FIELD.deviceMinor])
    writeNumber(header, field, 0n)
  writeNumber(header, FIELD.size, BigInt(length))
  header.write(EXTENDED, FIELD.type[0], 'latin1')
  seal(header)
  return header
}

function seal(header: Buffer): void {
  header.write('ustar\u000000', FIELD.magic[0], 'latin1')
  const [start, length] = FIELD.checksum
  header.fill(0x20, start, start + length)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, start, 'latin1')
}

/** A path of up to 255 bytes fits where a slash divides it well. */
function writePath(header: Buffer, pax: PaxRecords, path: Buffer): void {
  const slash = path.length > FIELD.name[1] ? path.indexOf(SLASH, path.length - FIELD.name[1] - 1) : -1
  if (slash > 0 && slash < path.length - 1 && slash <= FIELD.prefix[1]) {
    writeBytes(header, FIELD.prefix, path.subarray(0, slash))
    writeBytes(header, FIELD.name, path.subarray(slash + 1))
  } else if (!writeBytes(header, FIELD.name, path)) pax.set('path', path)
}

/** False where it does not fit; then as much of it as does. */
function writeBytes(header: Buffer, [start, length]: Field, bytes: Buffer): boolean {
  bytes.copy(header, start, 0, length)
  return bytes.length <= length
}

/** Octal digits and a NUL. False where it does not fit; then the nearest number that does. */
function writeNumber(header: Buffer, [start, length]: Field, value: bigint): boolean {
  const largest = 8n ** BigInt(length - 1) - 1n
  const written = value < 0n ? 0n : value > largest ? largest : value
  header.write(written.toString(8).padStart(length - 1, '0'), start, 'latin1')
  return written === value
}

function writeOrExtend(header: Buffer, field: Field, value: bigint, key: string, pax: PaxRecords): void {
  if (!writeNumber(header, field, value)) pax.set(key, String(value))
}

/** An owner's name, which a NUL must end. */
function writeName(header: Buffer, [start, length]: Field, name: string, key: string, pax: PaxRecords): void {
  const bytes = Buffer.from(name)
  if (bytes.length < length) bytes.copy(header, start)
  else pax.set(key, bytes)
}

/** ACLs once as what they are to the kernel and once as the text that `tar --acls` reads, both as GNU tar does. */
function addAttribute(pax: PaxRecords, name: Buffer, value: Buffer): void {
  const acl = /^system\.posix_acl_(access|default)$/.exec(name.toString('latin1'))?.[1]
  const text = acl === undefined ? undefined : aclText(value)
  if (text !== undefined) pax.set(`SCHILY.acl.${acl}`, text)
  pax.setAttribute(name, value)
}

function floorSeconds(ns: bigint): bigint {
  const seconds = ns / NANOSECONDS
  return seconds * NANOSECONDS > ns ? seconds - 1n : seconds
}

/** `-1.5` for half a second before the last one of 1969. */
function decimalSeconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns
  const decimals = String(size % NANOSECONDS)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${ns < 0n ? '-' : ''}${size / NANOSECONDS}${decimals === '' ? '' : `.${decimals}`}`
}

/** Linux, include/linux/kdev_t.h: `new_decode_dev`, with the bits above that glibc adds. */
function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
}

function minorOf(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & ~0xffn)
}
