// Where things lie in the scratch area that a caller lends the kernel. Several threads run the kernel in one shared
// memory, so it has no static data and no heap: whatever it writes is inside its own scratch area.

/** Bytes of a scratch area. The same number is `SCRATCH_BYTES` in ../chunk-finder.ts; a test compares them. */
export const SCRATCH_BYTES: usize = 8192

// Four tables of 16 digests (8 bytes each) for one nibble each; tables.ts says which.
export const LEAVING_LOW: usize = 0
export const LEAVING_HIGH: usize = 128
export const FOLD_A: usize = 256
export const FOLD_B: usize = 384

/** The same tables cut into bytes for the 16 lanes: of each of the 7 digest bytes, 4 tables of 16 bytes. */
export const SLICES: usize = 512

// Constants as memory: V8 builds a v128 constant anew at every use, in three instructions on the very ports that the
// lanes saturate, while it keeps or reloads a loaded one. Worth 17 % of the whole scan.
export const MASK_0F: usize = 960
export const MASK_E0: usize = 976
export const MASK_10: usize = 992

/** The last 128 rows of the 16 lanes, 16 bytes a row. The window reaches 64 rows back. */
export const ROWS: usize = 1024
export const ROWS_BYTES: usize = 2048

// What lanes.ts has to remember of each row to say later whether it held a candidate: parallel to ROWS.
export const LOW_BITS: usize = ROWS_BYTES
export const NEXT_BITS: usize = 2 * ROWS_BYTES
