// Reads the text of an index file that is written exactly as restic and Holdfast write it: no blanks, members in their
// order, nothing superseded. Whatever else it meets, it says so, and somebody who reads all of JSON looks again.

/** The first address that is free for the text, and behind it for what is read. Below lie the constants of this file. */
export const TEXT: usize = 4096

/** Bytes of a row: the id, then four words (type, offset, length, uncompressed length). And of a pack: id, first row. */
const ROW: usize = 48
const PACK: usize = 36
const ID: usize = 32
const TREE: u32 = 0x80000000

const COMMA: u8 = 0x2c
const CLOSE_LIST: u8 = 0x5d
const CLOSE_OBJECT: u8 = 0x7d
const LINE_END: u8 = 0x0a
const LETTER_T: u8 = 0x74

// `{"packs":[`
const HEAD = memory.data<u8>([0x7b, 0x22, 0x70, 0x61, 0x63, 0x6b, 0x73, 0x22, 0x3a, 0x5b])
// `{"id":"`
const OPEN_ID = memory.data<u8>([0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x22])
// `","blobs":[`
const BLOBS = memory.data<u8>([0x22, 0x2c, 0x22, 0x62, 0x6c, 0x6f, 0x62, 0x73, 0x22, 0x3a, 0x5b])
// `","type":"`, and `data","offset":` or `tree","offset":`
const TYPE = memory.data<u8>([0x22, 0x2c, 0x22, 0x74, 0x79, 0x70, 0x65, 0x22, 0x3a, 0x22])
const DATA_OFFSET = memory.data<u8>([
  0x64, 0x61, 0x74, 0x61, 0x22, 0x2c, 0x22, 0x6f, 0x66, 0x66, 0x73, 0x65, 0x74, 0x22, 0x3a,
])
const TREE_OFFSET = memory.data<u8>([
  0x74, 0x72, 0x65, 0x65, 0x22, 0x2c, 0x22, 0x6f, 0x66, 0x66, 0x73, 0x65, 0x74, 0x22, 0x3a,
])
// `,"length":`
const LENGTH = memory.data<u8>([0x2c, 0x22, 0x6c, 0x65, 0x6e, 0x67, 0x74, 0x68, 0x22, 0x3a])
// `,"uncompressed_length":`
const UNCOMPRESSED = memory.data<u8>([
  0x2c, 0x22, 0x75, 0x6e, 0x63, 0x6f, 0x6d, 0x70, 0x72, 0x65, 0x73, 0x73, 0x65, 0x64, 0x5f, 0x6c, 0x65, 0x6e, 0x67,
  0x74, 0x68, 0x22, 0x3a,
])

let at: usize = 0
let end: usize = 0
let row: usize = 0
let pack: usize = 0
let blobs: u32 = 0
/** Whether what was read so far is as it should be. */
let good: bool = true

/** Packs that the last scan found. */
export let packCount: u32 = 0

/**
 * Reads the text of `length` bytes at `TEXT`, behind which lie at least 64 bytes of anything. Writes a row for each blob
 * to `rows`, and for each pack its id and the number of its first row to `packs`. Returns how many blobs there are, or -1.
 */
export function scan(length: usize, rows: usize, packs: usize): i32 {
  at = TEXT
  end = TEXT + length
  row = rows
  pack = packs
  blobs = 0
  packCount = 0
  good = true
  skip(HEAD, 10)
  if (!isEmptyList()) {
    do readPack()
    while (hasMore())
  }
  expect(CLOSE_OBJECT)
  // Go's encoder ends with a line end.
  if (at < end && load<u8>(at) === LINE_END) at++
  return good && at === end ? blobs : -1
}

function readPack(): void {
  skip(OPEN_ID, 7)
  readId(pack)
  store<u32>(pack, blobs, ID)
  pack += PACK
  packCount++
  skip(BLOBS, 11)
  if (!isEmptyList()) {
    do readBlob()
    while (hasMore())
  }
  expect(CLOSE_OBJECT)
}

function readBlob(): void {
  skip(OPEN_ID, 7)
  readId(row)
  skip(TYPE, 10)
  const isTree = load<u8>(at) === LETTER_T
  skip(isTree ? TREE_OFFSET : DATA_OFFSET, 15)
  store<u32>(row, isTree ? TREE : 0, ID)
  store<u32>(row, readNumber(), ID + 4)
  skip(LENGTH, 10)
  store<u32>(row, readNumber(), ID + 8)
  let uncompressedLength: u32 = 0
  if (load<u8>(at) === COMMA) {
    skip(UNCOMPRESSED, 23)
    uncompressedLength = readNumber()
  }
  store<u32>(row, uncompressedLength, ID + 12)
  expect(CLOSE_OBJECT)
  row += ROW
  blobs++
}

/** Goes past a text, which has to stand here. Nothing is read that lies farther behind the end than the longest text. */
function skip(text: usize, length: usize): void {
  if (!good || at > end) {
    good = false
    return
  }
  for (let i: usize = 0; i + 4 <= length; i += 4) good = good && load<u32>(at + i) === load<u32>(text + i)
  // The last four, some of which were looked at already: every text has more.
  good = good && load<u32>(at + length - 4) === load<u32>(text + length - 4)
  at += length
}

function expect(byte: u8): void {
  good = good && at < end && load<u8>(at) === byte
  at++
}

function isEmptyList(): bool {
  if (!good || load<u8>(at) !== CLOSE_LIST) return false
  at++
  return true
}

/** Whether another one follows in the list, whose comma or bracket is passed. */
function hasMore(): bool {
  if (!good || at >= end) {
    good = false
    return false
  }
  const next = load<u8>(at++)
  if (next === COMMA) return true
  good = next === CLOSE_LIST
  return false
}

/** Reads 64 hexadecimal digits in lower case. */
function readId(target: usize): void {
  if (!good || at + 2 * ID > end) {
    good = false
    return
  }
  let bad: u64 = 0
  for (let i: usize = 0; i < ID; i += 4) {
    // Eight digits at once, a byte each. Letters have bit 6.
    const digits = load<u64>(at + 2 * i)
    const values = (digits & 0x0f0f0f0f0f0f0f0f) + ((digits >> 6) & 0x0101010101010101) * 9
    const letters = ((values + 0x7676767676767676) >> 7) & 0x0101010101010101
    bad |= (values & 0xf0f0f0f0f0f0f0f0) | (digits ^ (values + 0x3030303030303030 + letters * 0x27))
    // Two digits to each byte, and the bytes together.
    let bytes = ((values & 0x000f000f000f000f) << 4) | ((values >> 8) & 0x000f000f000f000f)
    bytes = (bytes | (bytes >> 8)) & 0x0000ffff0000ffff
    store<u32>(target + i, <u32>(bytes | (bytes >> 16)))
  }
  at += 2 * ID
  good = bad === 0
}

/** A JSON number below 2^32 without sign, point and exponent. */
function readNumber(): u32 {
  const start = at
  let value: u64 = 0
  for (; at < end && at - start < 11; at++) {
    const number = <u32>load<u8>(at) - 0x30
    if (number > 9) break
    value = value * 10 + number
  }
  const digits = at - start
  good = good && digits > 0 && digits <= 10 && value <= 0xffffffff && (digits === 1 || load<u8>(start) !== 0x30)
  return <u32>value
}
