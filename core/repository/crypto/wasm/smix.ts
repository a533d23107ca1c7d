// scrypt's ROMix (RFC 7914, section 5) for one lane, four words of Salsa20/8 at a time. The words of each block of 64
// bytes are kept in the order 0, 5, 10, 15, 4, 9, …: a round's quarter rounds then work on whole vectors.

/** Bytes of a Salsa20 block. */
const BLOCK: usize = 64

/** Runs ROMix over the `2r` blocks at `lane`. `table` has room for N times as much, `spare` for twice. */
export function smix(lane: usize, r: u32, N: u32, table: usize, spare: usize): void {
  const blocks: usize = 2 * r
  const bytes: usize = blocks * BLOCK
  const x = spare
  const y = spare + bytes
  permute(lane, x, blocks, true)
  for (let i: u32 = 0; i < N; i += 2) {
    memory.copy(table + <usize>i * bytes, x, bytes)
    blockMix(x, y, blocks)
    memory.copy(table + <usize>(i + 1) * bytes, y, bytes)
    blockMix(y, x, blocks)
  }
  for (let i: u32 = 0; i < N; i += 2) {
    xor(x, table + <usize>(load<u32>(x + bytes - BLOCK) & (N - 1)) * bytes, bytes)
    blockMix(x, y, blocks)
    xor(y, table + <usize>(load<u32>(y + bytes - BLOCK) & (N - 1)) * bytes, bytes)
    blockMix(y, x, blocks)
  }
  permute(x, lane, blocks, false)
}

/** Copies blocks into the order above, or back out of it. */
function permute(from: usize, to: usize, blocks: usize, inwards: bool): void {
  for (let block: usize = 0; block < blocks; block++) {
    for (let word: usize = 0; word < 16; word++) {
      const plain = block * BLOCK + ((word * 5) & 15) * 4
      const mixed = block * BLOCK + word * 4
      if (inwards) store<u32>(to + mixed, load<u32>(from + plain))
      else store<u32>(to + plain, load<u32>(from + mixed))
    }
  }
}

function xor(target: usize, source: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, v128.xor(v128.load(target + at), v128.load(source + at)))
  }
}

/** BlockMix (RFC 7914, section 4): even results go to the first half of `to`, odd ones to the second. */
function blockMix(from: usize, to: usize, blocks: usize): void {
  const last = from + (blocks - 1) * BLOCK
  let a = v128.load(last)
  let b = v128.load(last, 16)
  let c = v128.load(last, 32)
  let d = v128.load(last, 48)
  for (let block: usize = 0; block < blocks; block++) {
    const source = from + block * BLOCK
    a = v128.xor(a, v128.load(source))
    b = v128.xor(b, v128.load(source, 16))
    c = v128.xor(c, v128.load(source, 32))
    d = v128.xor(d, v128.load(source, 48))
    const a0 = a
    const b0 = b
    const c0 = c
    const d0 = d
    for (let round = 0; round < 4; round++) {
      // Columns.
      b = v128.xor(b, rotate(i32x4.add(a, d), 7))
      c = v128.xor(c, rotate(i32x4.add(b, a), 9))
      d = v128.xor(d, rotate(i32x4.add(c, b), 13))
      a = v128.xor(a, rotate(i32x4.add(d, c), 18))
      b = v128.shuffle<i32>(b, b, 3, 0, 1, 2)
      c = v128.shuffle<i32>(c, c, 2, 3, 0, 1)
      d = v128.shuffle<i32>(d, d, 1, 2, 3, 0)
      // Rows.
      d = v128.xor(d, rotate(i32x4.add(a, b), 7))
      c = v128.xor(c, rotate(i32x4.add(d, a), 9))
      b = v128.xor(b, rotate(i32x4.add(c, d), 13))
      a = v128.xor(a, rotate(i32x4.add(b, c), 18))
      b = v128.shuffle<i32>(b, b, 1, 2, 3, 0)
      c = v128.shuffle<i32>(c, c, 2, 3, 0, 1)
      d = v128.shuffle<i32>(d, d, 3, 0, 1, 2)
    }
    a = i32x4.add(a, a0)
    b = i32x4.add(b, b0)
    c = i32x4.add(c, c0)
    d = i32x4.add(d, d0)
    const target = to + ((block >> 1) + (block & 1) * (blocks >> 1)) * BLOCK
    v128.store(target, a)
    v128.store(target, b, 16)
    v128.store(target, c, 32)
    v128.store(target, d, 48)
  }
}

function rotate(words: v128, by: i32): v128 {
  return v128.or(i32x4.shl(words, by), i32x4.shr_u(words, 32 - by))
}
