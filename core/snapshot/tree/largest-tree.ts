/**
 * Trees are addressed by positions of 31 bits here, as zstd and the ciphers of Node are by their lengths. So many bytes
 * hold the nodes of some seven million files with short names.
 */
export const LARGEST_TREE = 2 ** 31 - 1
