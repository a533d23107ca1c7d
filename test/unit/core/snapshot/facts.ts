import type { EntryFacts } from '../../../../core/file-system/index.ts'
import { type Node, unixModeFromGo } from '../../../../core/snapshot/index.ts'

const SECOND = 1_000_000_000n

const nanos = (time: bigint): bigint => ((time % SECOND) + SECOND) % SECOND
const seconds = (time: bigint): bigint => (time - nanos(time)) / SECOND
const low = (value: bigint): number => Number(value & 0xffff_ffffn)
const high = (value: bigint): number => Number(value >> 32n)

/** What `lstat` would tell of the file that a node describes. */
export function factsOf(node: Node): EntryFacts {
  return {
    sizeLow: low(node.size),
    sizeHigh: high(node.size),
    inodeLow: low(node.inode),
    inodeHigh: high(node.inode),
    deviceLow: low(node.deviceId),
    deviceHigh: high(node.deviceId),
    links: low(node.links),
    mtime: Number(seconds(node.mtime)),
    mtimeNanos: Number(nanos(node.mtime)),
    ctime: Number(seconds(node.ctime)),
    ctimeNanos: Number(nanos(node.ctime)),
    mode: unixModeFromGo(node.mode),
    uid: node.uid,
    gid: node.gid,
  }
}

/** The names of owners as a node has them. */
export const ownersOf = ({ user, group }: Node) => ({ userName: () => user, groupName: () => group })
