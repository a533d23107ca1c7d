import { constants } from 'node:fs'

import type { NodeType } from './node.ts'

// Go's os.FileMode (pkg.go.dev/io/fs#FileMode): the nine permission bits are Unix's, all others are Go's own.
const DIR = 2 ** 31
const SYMLINK = 1 << 27
const DEVICE = 1 << 26
const NAMED_PIPE = 1 << 25
const SOCKET = 1 << 24
const SETUID = 1 << 23
const SETGID = 1 << 22
const CHAR_DEVICE = 1 << 21
const STICKY = 1 << 20
const IRREGULAR = 1 << 19
const PERMISSIONS = 0o777

const UNIX_SETUID = 0o4000
const UNIX_SETGID = 0o2000
const UNIX_STICKY = 0o1000

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK, S_IFBLK, S_IFCHR, S_IFIFO } = constants
const S_IFSOCK = 0o140000

/** Converts a Unix `st_mode` to Go's os.FileMode as restic stores it: an unsigned number of 32 bits. */
export function goModeFromUnix(stMode: number): number {
  let mode = stMode & PERMISSIONS
  if ((stMode & UNIX_SETUID) !== 0) mode |= SETUID
  if ((stMode & UNIX_SETGID) !== 0) mode |= SETGID
  if ((stMode & UNIX_STICKY) !== 0) mode |= STICKY
  switch (stMode & S_IFMT) {
    case S_IFREG:
      return mode
    case S_IFDIR:
      return mode + DIR
    case S_IFLNK:
      return mode | SYMLINK
    case S_IFBLK:
      return mode | DEVICE
    case S_IFCHR:
      return mode | DEVICE | CHAR_DEVICE
    case S_IFIFO:
      return mode | NAMED_PIPE
    case S_IFSOCK:
      return mode | SOCKET
    default:
      return mode | IRREGULAR
  }
}

/** Converts Go's os.FileMode to a Unix `st_mode`. What is irregular gets no type bits. */
export function unixModeFromGo(mode: number): number {
  let stMode = mode & PERMISSIONS
  if ((mode & SETUID) !== 0) stMode |= UNIX_SETUID
  if ((mode & SETGID) !== 0) stMode |= UNIX_SETGID
  if ((mode & STICKY) !== 0) stMode |= UNIX_STICKY
  switch (nodeTypeOfGoMode(mode)) {
    case 'file':
      return stMode | S_IFREG
    case 'dir':
      return stMode | S_IFDIR
    case 'symlink':
      return stMode | S_IFLNK
    case 'dev':
      return stMode | S_IFBLK
    case 'chardev':
      return stMode | S_IFCHR
    case 'fifo':
      return stMode | S_IFIFO
    case 'socket':
      return stMode | S_IFSOCK
    case 'irregular':
      return stMode
  }
}

/** The node type that restic stores beside this mode. */
export function nodeTypeOfGoMode(mode: number): NodeType {
  if (mode >= DIR) return 'dir'
  if ((mode & SYMLINK) !== 0) return 'symlink'
  if ((mode & DEVICE) !== 0) return (mode & CHAR_DEVICE) !== 0 ? 'chardev' : 'dev'
  if ((mode & NAMED_PIPE) !== 0) return 'fifo'
  if ((mode & SOCKET) !== 0) return 'socket'
  return (mode & IRREGULAR) !== 0 ? 'irregular' : 'file'
}
