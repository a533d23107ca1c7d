// Finds a file in a stored tree and tells whether it is still what `lstat` says. Knows only the bytes that restic and
// Holdfast write: fields in their order, no white space, no escapes. Whatever else it meets, it says so, and somebody
// who reads all of JSON looks again.

/** Where the caller writes what it expects. Below lies what the compiler needs for the texts of this file. */
export const EXPECTED: usize = 4096
const SIZE = EXPECTED
const INODE = EXPECTED + 8
const DEVICE = EXPECTED + 16
const LINKS = EXPECTED + 24
const MTIME = EXPECTED + 32
const CTIME = EXPECTED + 48
const MODE = EXPECTED + 64
const UID = EXPECTED + 68
const GID = EXPECTED + 72
const NAME_LENGTH = EXPECTED + 76
const USER_LENGTH = EXPECTED + 80
const GROUP_LENGTH = EXPECTED + 84

/** Room for 4 KiB each. */
export const NAME: usize = 8192
export const USER: usize = 12288
export const GROUP: usize = 16384

/** Where `match` writes what it found: five words and, 32 bytes each, the ids of at most `MOST_IDS` blobs. */
export const FOUND: usize = 20480
const NODE_START = FOUND
const NODE_END = FOUND + 4
const NEXT = FOUND + 8
const ID_COUNT = FOUND + 12
/** All bytes of the name, or-ed. */
const NAME_BYTES = FOUND + 16
export const IDS: usize = 20608
const MOST_IDS: i32 = 1024

/** The first address that is free for trees. */
export const TREES: usize = 65536

/** The tree has no entry of this name. */
export const ABSENT: i32 = 0
/** It has a file of this name, and everything that `lstat` tells of it is as it was. */
export const SAME: i32 = 1
/** It has an entry of this name: another one, or one that is stored in another way. */
export const OTHER: i32 = 2
/** It is not stored as this code knows trees. */
export const UNSURE: i32 = 3

const QUOTE: u8 = 0x22
const COMMA: u8 = 0x2c
const BACKSLASH: u8 = 0x5c
const OPEN_BRACE: u8 = 0x7b
const CLOSE_BRACE: u8 = 0x7d
const OPEN_BRACKET: u8 = 0x5b
const CLOSE_BRACKET: u8 = 0x5d
const ID_DIGITS: usize = 64

/** Position after the last value that was read. The cursor of all functions below. */
let at: usize = 0
let end: usize = 0

/** Where the first node of a tree stands, or 0 where the tree is not stored as we know it. */
export function firstNode(start: usize, stop: usize): usize {
  at = start
  end = stop
  return takeText('{"nodes":[') ? at : 0
}

/** Looks for the expected name from `start` on. The next search begins at `NEXT`, for a name that comes after. */
export function match(start: usize, stop: usize): i32 {
  at = start
  end = stop
  for (;;) {
    if (at < end && load<u8>(at) === COMMA) at++
    const node = at
    store<u32>(NEXT, <u32>node)
    if (at < end && load<u8>(at) === CLOSE_BRACKET) return ABSENT
    if (!takeText('{"name":"')) return UNSURE
    const order = compareName()
    if (order === NO_NAME) return UNSURE
    if (order > 0) return ABSENT
    if (order < 0) {
      if (!skipNode(node)) return UNSURE
      continue
    }
    store<u32>(NODE_START, <u32>node)
    const isSame = takeSameFile()
    if (!isSame && !skipNode(node)) return UNSURE
    store<u32>(NODE_END, <u32>at)
    store<u32>(NEXT, <u32>at)
    return isSame ? SAME : OTHER
  }
}

const NO_NAME: i32 = 2

/** Orders the name here and the expected one by their bytes, and passes over it. `NO_NAME` where escapes are in it. */
function compareName(): i32 {
  const length = <usize>load<u32>(NAME_LENGTH)
  const start = at
  let order: i32 = 0
  let seen: u32 = 0
  for (; at < end; at++) {
    const byte = load<u8>(at)
    if (byte === QUOTE) {
      store<u32>(NAME_BYTES, seen)
      return order !== 0 ? order : at - start < length ? -1 : 0
    }
    if (byte === BACKSLASH || byte < 0x20) return NO_NAME
    seen |= byte
    if (order !== 0) continue
    const i = at - start
    if (i >= length) order = 1
    else {
      const wanted = load<u8>(NAME + i)
      if (byte !== wanted) order = byte < wanted ? -1 : 1
    }
  }
  return NO_NAME
}

/** Reads the rest of a node behind its name. False, wherever that becomes clear, where it is not as expected. */
function takeSameFile(): bool {
  return (
    takeText('","type":"file"') &&
    (load<u32>(MODE) === 0 || takeNumber(',"mode":', load<u32>(MODE))) &&
    takeTime(',"mtime":"', MTIME) &&
    takeText('"') &&
    takeText(',"atime":"') &&
    takePlain() &&
    takeTime(',"ctime":"', CTIME) &&
    takeText('"') &&
    takeNumber(',"uid":', load<u32>(UID)) &&
    takeNumber(',"gid":', load<u32>(GID)) &&
    takeOwner(',"user":"', USER, load<u32>(USER_LENGTH)) &&
    takeOwner(',"group":"', GROUP, load<u32>(GROUP_LENGTH)) &&
    takeUnlessZero(',"inode":', load<u64>(INODE)) &&
    takeUnlessZero(',"device_id":', load<u64>(DEVICE)) &&
    takeUnlessZero(',"size":', load<u64>(SIZE)) &&
    takeUnlessZero(',"links":', load<u64>(LINKS)) &&
    takeAttributes() &&
    takeContent() &&
    takeText('}')
  )
}

function takeText(text: string): bool {
  const length = <usize>text.length
  if (end - at < length) return false
  const from = changetype<usize>(text)
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) !== <u8>load<u16>(from + 2 * i)) return false
  at += length
  return true
}

/** Takes text that stands in memory. */
function takeBytes(from: usize, length: usize): bool {
  if (end - at < length) return false
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) !== load<u8>(from + i)) return false
  at += length
  return true
}

/** Passes over ASCII text without escapes and its closing quote. */
function takePlain(): bool {
  for (; at < end; at++) {
    const byte = load<u8>(at)
    if (byte === BACKSLASH || byte < 0x20 || byte > 0x7f) return false
    if (byte === QUOTE) {
      at++
      return true
    }
  }
  return false
}

/** A name that needs escapes is never equal to what stands here. */
function takeOwner(key: string, name: usize, length: usize): bool {
  return length === 0 || (takeText(key) && takeBytes(name, length) && takeText('"'))
}

function takeUnlessZero(key: string, value: u64): bool {
  return value === 0 || takeNumber(key, value)
}

const TEN_TO_19: u64 = 10_000_000_000_000_000_000

function takeNumber(key: string, value: u64): bool {
  if (!takeText(key)) return false
  const start = at
  let read: u64 = 0
  for (; at < end; at++) {
    const digit = load<u8>(at) - 0x30
    if (digit > 9) break
    read = read * 10 + digit
  }
  const length = at - start
  // Twenty digits that are too many for 64 bits have wrapped around, to a number that needs fewer.
  if (length === 0 || length > 20 || (length === 20 && (load<u8>(start) !== 0x31 || read < TEN_TO_19))) return false
  return read === value && (length === 1 || load<u8>(start) !== 0x30)
}

const DAY: i64 = 86400
let lastDate: u64 = 0
let lastDateEnd: u16 = 0
let lastDays: i64 = 0

/** Reads a time in RFC 3339, and compares it with the seconds (8 bytes) and nanoseconds (4 bytes) at `expected`. */
function takeTime(key: string, expected: usize): bool {
  if (!takeText(key) || end - at < 20) return false
  const date = load<u64>(at)
  const dateEnd = load<u16>(at + 8)
  if (date !== lastDate || dateEnd !== lastDateEnd) {
    if (!isDigits(at, 4) || !isDigits(at + 5, 2) || !isDigits(at + 8, 2)) return false
    if (load<u8>(at + 4) !== 0x2d || load<u8>(at + 7) !== 0x2d) return false
    lastDays = daysOf(<i64>digits(at, 4), <i64>digits(at + 5, 2), <i64>digits(at + 8, 2))
    lastDate = date
    lastDateEnd = dateEnd
  }
  if (load<u8>(at + 10) !== 0x54 || load<u8>(at + 13) !== 0x3a || load<u8>(at + 16) !== 0x3a) return false
  if (!isDigits(at + 11, 2) || !isDigits(at + 14, 2) || !isDigits(at + 17, 2)) return false
  let seconds = lastDays * DAY + digits(at + 11, 2) * 3600 + digits(at + 14, 2) * 60 + digits(at + 17, 2)
  at += 19
  const nanos = takeDecimals()
  if (at >= end) return false
  if (load<u8>(at) === 0x5a) at++
  else {
    const sign = load<u8>(at)
    if (end - at < 6 || (sign !== 0x2b && sign !== 0x2d) || load<u8>(at + 3) !== 0x3a) return false
    if (!isDigits(at + 1, 2) || !isDigits(at + 4, 2)) return false
    const offset: i64 = digits(at + 1, 2) * 3600 + digits(at + 4, 2) * 60
    seconds += sign === 0x2b ? -offset : offset
    at += 6
  }
  return seconds === load<i64>(expected) && nanos === load<u32>(expected + 8)
}

/** Decimals of a second, in nanoseconds; those past nine are cut. */
function takeDecimals(): u32 {
  if (at >= end || load<u8>(at) !== 0x2e) return 0
  let nanos: u32 = 0
  let scale: u32 = 100_000_000
  for (at++; at < end; at++) {
    const digit = <u32>load<u8>(at) - 0x30
    if (digit > 9) break
    nanos += digit * scale
    scale /= 10
  }
  return nanos
}

function isDigits(from: usize, count: usize): bool {
  for (let i: usize = 0; i < count; i++) if (load<u8>(from + i) - 0x30 > 9) return false
  return true
}

function digits(from: usize, count: usize): i32 {
  let value: i32 = 0
  for (let i: usize = 0; i < count; i++) value = value * 10 + (<i32>load<u8>(from + i) - 0x30)
  return value
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. Years start in March: leap days come last. */
function daysOf(year: i64, month: i64, day: i64): i64 {
  const shifted = month <= 2 ? year - 1 : year
  // The year has four digits, so only 0000-01 and 0000-02 come before the first era.
  const era = (shifted >= 0 ? shifted : shifted - 399) / 400
  const yearOfEra = shifted - era * 400
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/** Extended attributes stay as they are: whoever changes one changes the file's ctime. */
function takeAttributes(): bool {
  if (end - at < 3 || load<u8>(at + 2) !== 0x65) return true
  if (!takeText(',"extended_attributes":[')) return false
  do {
    if (!takeText('{"name":"') || !takePlain() || !takeText(',"value":')) return false
    if (!takeText('null') && !(takeText('"') && takeBase64())) return false
    if (!takeText('}')) return false
  } while (takeText(','))
  return takeText(']')
}

function takeBase64(): bool {
  for (; at < end; at++) {
    const byte = load<u8>(at)
    if (byte === QUOTE) {
      at++
      return true
    }
    const letter = byte | 0x20
    if ((letter < 0x61 || letter > 0x7a) && (byte < 0x2f || byte > 0x39) && byte !== 0x2b && byte !== 0x3d) return false
  }
  return false
}

function takeContent(): bool {
  if (!takeText(',"content":[')) return false
  let count = 0
  while (at < end && load<u8>(at) === QUOTE) {
    if (count === MOST_IDS || end - at < ID_DIGITS + 3 || !takeId(at + 1, IDS + ((<usize>count) << 5))) return false
    at += ID_DIGITS + 1
    if (load<u8>(at++) !== QUOTE) return false
    count++
    if (load<u8>(at) !== COMMA) break
    at++
    if (load<u8>(at) !== QUOTE) return false
  }
  store<u32>(ID_COUNT, count)
  return takeText(']')
}

function takeId(from: usize, to: usize): bool {
  for (let i: usize = 0; i < 32; i++) {
    const high = hexDigit(load<u8>(from + 2 * i))
    const low = hexDigit(load<u8>(from + 2 * i + 1))
    if ((high | low) > 15) return false
    store<u8>(to + i, <u8>((high << 4) | low))
  }
  return true
}

/** 255 for what is no lower-case hexadecimal digit. */
function hexDigit(byte: u8): u32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : 255
}

/** Passes over a node; what is in it is not looked at but for brackets and text. */
function skipNode(node: usize): bool {
  let depth = 0
  for (at = node; at < end; at++) {
    const byte = load<u8>(at)
    if (byte === QUOTE) {
      for (at++; at < end && load<u8>(at) !== QUOTE; at++) if (load<u8>(at) === BACKSLASH) at++
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--
      if (depth <= 0) {
        at++
        return depth === 0
      }
    }
  }
  return false
}
