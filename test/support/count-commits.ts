import { readFileSync } from 'node:fs'

const HEADER = 32
const FRAME_HEADER = 24

/**
 * How many commits SQLite's write-ahead log holds since it was begun anew (https://sqlite.org/fileformat2.html#walformat):
 * the last frame of each says how large the database is then, the others say 0.
 */
export function countCommits(catalogPath: string): number {
  const log = readFileSync(`${catalogPath}-wal`)
  if (log.length < HEADER) return 0
  const pageSize = log.readUInt32BE(8)
  const salts = log.subarray(16, 24)
  let commits = 0
  for (let at = HEADER; at + FRAME_HEADER + pageSize <= log.length; at += FRAME_HEADER + pageSize) {
    // What lies behind is left of the log before.
    if (!log.subarray(at + 8, at + 16).equals(salts)) break
    if (log.readUInt32BE(at + 4) !== 0) commits++
  }
  return commits
}
