function low(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

function high(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

/**
 * Turns 16 bytes of each of 16 lanes, `stride` bytes apart, into 16 rows at `rows`: byte `lane` of row `n` is byte `n` of
 * the lane. Interleaving vector i with vector i + 8 moves every byte one of the four steps of the way.
 */
export function transpose(lanes: usize, stride: usize, rows: usize): void {
  const upper = lanes + 8 * stride
  let a0 = v128.load(lanes)
  let a1 = v128.load(lanes + stride)
  let a2 = v128.load(lanes + 2 * stride)
  let a3 = v128.load(lanes + 3 * stride)
  let a4 = v128.load(lanes + 4 * stride)
  let a5 = v128.load(lanes + 5 * stride)
  let a6 = v128.load(lanes + 6 * stride)
  let a7 = v128.load(lanes + 7 * stride)
  let a8 = v128.load(upper)
  let a9 = v128.load(upper + stride)
  let aa = v128.load(upper + 2 * stride)
  let ab = v128.load(upper + 3 * stride)
  let ac = v128.load(upper + 4 * stride)
  let ad = v128.load(upper + 5 * stride)
  let ae = v128.load(upper + 6 * stride)
  let af = v128.load(upper + 7 * stride)

  // prettier-ignore
  let b0 = low(a0, a8), b1 = high(a0, a8), b2 = low(a1, a9), b3 = high(a1, a9),
    b4 = low(a2, aa), b5 = high(a2, aa), b6 = low(a3, ab), b7 = high(a3, ab),
    b8 = low(a4, ac), b9 = high(a4, ac), ba = low(a5, ad), bb = high(a5, ad),
    bc = low(a6, ae), bd = high(a6, ae), be = low(a7, af), bf = high(a7, af)

  // prettier-ignore
  {
    a0 = low(b0, b8); a1 = high(b0, b8); a2 = low(b1, b9); a3 = high(b1, b9)
    a4 = low(b2, ba); a5 = high(b2, ba); a6 = low(b3, bb); a7 = high(b3, bb)
    a8 = low(b4, bc); a9 = high(b4, bc); aa = low(b5, bd); ab = high(b5, bd)
    ac = low(b6, be); ad = high(b6, be); ae = low(b7, bf); af = high(b7, bf)

    b0 = low(a0, a8); b1 = high(a0, a8); b2 = low(a1, a9); b3 = high(a1, a9)
    b4 = low(a2, aa); b5 = high(a2, aa); b6 = low(a3, ab); b7 = high(a3, ab)
    b8 = low(a4, ac); b9 = high(a4, ac); ba = low(a5, ad); bb = high(a5, ad)
    bc = low(a6, ae); bd = high(a6, ae); be = low(a7, af); bf = high(a7, af)
  }

  v128.store(rows, low(b0, b8), 0)
  v128.store(rows, high(b0, b8), 16)
  v128.store(rows, low(b1, b9), 32)
  v128.store(rows, high(b1, b9), 48)
  v128.store(rows, low(b2, ba), 64)
  v128.store(rows, high(b2, ba), 80)
  v128.store(rows, low(b3, bb), 96)
  v128.store(rows, high(b3, bb), 112)
  v128.store(rows, low(b4, bc), 128)
  v128.store(rows, high(b4, bc), 144)
  v128.store(rows, low(b5, bd), 160)
  v128.store(rows, high(b5, bd), 176)
  v128.store(rows, low(b6, be), 192)
  v128.store(rows, high(b6, be), 208)
  v128.store(rows, low(b7, bf), 224)
  v128.store(rows, high(b7, bf), 240)
}
