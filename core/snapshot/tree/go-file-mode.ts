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

// POSIX leaves these numbers open, yet all systems that restic runs on agree; Node lacks some of them on Windows.
const UNIX_SETUID = 0o4000
const UNIX_SETGID = 0o2000
const UNIX_STICKY = 0o1000
const UNIX_TYPE = 0o170000

interface TypeBits {
  readonly unix: number
  readonly go: number
}

const TYPE_BITS: Readonly<Record<NodeType, TypeBits>> = {
  file: { unix: 0o100000, go: 0 },
  dir: { unix: 0o040000, go: DIR },
  symlink: { unix: 0o120000, go: SYMLINK },
  dev: { unix: 0o060000, go: DEVICE },
  chardev: { unix: 0o020000, go: DEVICE | CHAR_DEVICE },
  fifo: { unix: 0o010000, go: NAMED_PIPE },
  socket: { unix: 0o140000, go: SOCKET },
  irregular: { unix: 0, go: IRREGULAR },
}
const GO_TYPE_OF_UNIX = new Map(Object.values(TYPE_BITS).map(({ unix, go }) => [unix, go]))

/** Converts a Unix `st_mode` to Go's os.FileMode as restic stores it: an unsigned number of 32 bits. */
export function goModeFromUnix(stMode: number): number {
  let mode = stMode & PERMISSIONS
  if ((stMode & UNIX_SETUID) !== 0) mode |= SETUID
  if ((stMode & UNIX_SETGID) !== 0) mode |= SETGID
  if ((stMode & UNIX_STICKY) !== 0) mode |= STICKY
  return mode + (GO_TYPE_OF_UNIX.get(stMode & UNIX_TYPE) ?? IRREGULAR)
}

/** Converts Go's os.FileMode to a Unix `st_mode`. What is irregular gets no type bits. */
export function unixModeFromGo(mode: number): number {
  let stMode = mode & PERMISSIONS
  if ((mode & SETUID) !== 0) stMode |= UNIX_SETUID
  if ((mode & SETGID) !== 0) stMode |= UNIX_SETGID
  if ((mode & STICKY) !== 0) stMode |= UNIX_STICKY
  return stMode | TYPE_BITS[nodeTypeOfGoMode(mode)].unix
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
