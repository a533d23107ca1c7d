import { createRequire } from 'node:module'
import { constants as osConstants } from 'node:os'
import { getSystemErrorMessage } from 'node:util'

import { type ByteString, printable } from './byte-string.ts'

/**
 * What extended attributes are read from or written to: a path, whose last component is not followed when it is a
 * symbolic link, or an open descriptor, `O_PATH` included.
 */
export type AttributeTarget = Uint8Array | number

/**
 * The system calls that Node lacks. Each returns what the kernel returns: zero or more, or a negated `errno`, because
 * an error such as "no such attribute" is an everyday answer and an exception costs more than the call.
 *
 * Synchronous, and not to be shared between threads: each thread opens its own. Paths and names are bytes without a
 * terminating NUL.
 */
export interface SystemCalls {
  /** Fills `into` with the NUL-terminated names of all extended attributes and returns their length in bytes. */
  listAttributes(target: AttributeTarget, into: Uint8Array): number
  /** Fills `into` with the value and returns its length in bytes. */
  getAttribute(target: AttributeTarget, name: Uint8Array, into: Uint8Array): number
  setAttribute(target: AttributeTarget, name: Uint8Array, value: Uint8Array): number
  removeAttribute(target: AttributeTarget, name: Uint8Array): number
  /** Sets access and modification time of an open descriptor, `O_PATH` included. Nanoseconds since the epoch. */
  setTimes(descriptor: number, accessed: bigint, modified: bigint): number
  /** Looks at an entry of an open folder, links not followed: writes a `struct statx` into `into` (256 bytes). */
  statAt(folder: number, name: ByteString, into: Uint8Array): number
  /** Opens an entry of an open folder, `O_PATH` included. Returns a descriptor. */
  openAt(folder: number, name: Uint8Array, flags: number, mode: number): number
  /** Makes a FIFO, device or socket node. `device` is as `stat` gives it in `rdev`. The umask applies. */
  makeNode(folder: number, name: Uint8Array, mode: number, device: bigint): number
  /** The first offset at or after `offset` that holds data. Moves the descriptor's position. */
  seekData(descriptor: number, offset: number): number
  /** The first offset at or after `offset` that lies in a hole; the end of the file counts as one. */
  seekHole(descriptor: number, offset: number): number
  /** Where a file or a block device ends. Moves the descriptor's position there. */
  seekEnd(descriptor: number): number
  /** Gives the blocks of a range back to the file system; it reads as zeros afterwards. Bytes. */
  punchHole(descriptor: number, offset: number, length: number): number
  /** Asks for large pages for memory that is about to be filled: fewer of them take less time to be had. */
  useLargePages(memory: Uint8Array): number
}

// Linux, include/uapi/linux/{fs,fcntl,falloc,mman-common}.h and limits.h.
const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const STATX_BASIC_STATS = 0x7ff
const SEEK_END = 2
const SEEK_DATA = 3
const SEEK_HOLE = 4
const FALLOC_FL_KEEP_SIZE = 1
const FALLOC_FL_PUNCH_HOLE = 2
const MADV_HUGEPAGE = 14
const LONGEST_PATH = 4096
const LONGEST_ATTRIBUTE_NAME = 255
const NANOSECONDS = 1_000_000_000n

const { EBADF, EINVAL, ENAMETOOLONG } = osConstants.errno

type NativeFunction = (...args: unknown[]) => number
interface Koffi {
  load(path: null): { func(name: string, result: string, parameters: string[]): NativeFunction }
  errno(): number
}

// Here `long` and `off_t` have 64 bits, which the declarations below rely on.
const ARCHITECTURES = new Set(['x64', 'arm64', 'riscv64', 'loong64', 'ppc64'])

let opened: { readonly calls: SystemCalls | undefined } | undefined

/** Loads koffi, once a thread (5-9 ms). Undefined where it is not installed or the platform is not Linux on 64 bits. */
export function openSystemCalls(): SystemCalls | undefined {
  opened ??= { calls: tryOpen() }
  return opened.calls
}

function tryOpen(): SystemCalls | undefined {
  if (process.platform !== 'linux' || !ARCHITECTURES.has(process.arch)) return undefined
  try {
    const require = createRequire(import.meta.url)
    return bind(require('koffi') as Koffi)
  } catch {
    // Whatever the reason: whoever needs a call names what is lost without, and the rest works.
    return undefined
  }
}

function bind(koffi: Koffi): SystemCalls {
  const libc = koffi.load(null)
  const declare = (name: string, result: string, ...parameters: string[]) => {
    const call = libc.func(name, result, parameters)
    return (...args: unknown[]): number => {
      const returned = call(...args)
      return returned < 0 ? -koffi.errno() : returned
    }
  }
  // Three of each: not following a path, by descriptor, and following a path (for `O_PATH` descriptors, see below).
  const family = (name: string, result: string, ...rest: string[]) => ({
    byPath: declare(`l${name}`, result, 'void*', ...rest),
    byDescriptor: declare(`f${name}`, result, 'int', ...rest),
    byProc: declare(name, result, 'void*', ...rest),
  })
  const list = family('listxattr', 'int64', 'void*', 'size_t')
  const get = family('getxattr', 'int64', 'void*', 'void*', 'size_t')
  const set = family('setxattr', 'int', 'void*', 'void*', 'size_t', 'int')
  const remove = family('removexattr', 'int', 'void*')
  const futimens = declare('futimens', 'int', 'int', 'void*')
  const utimensat = declare('utimensat', 'int', 'int', 'void*', 'void*', 'int')
  const mknodat = declare('mknodat', 'int', 'int', 'void*', 'uint32', 'uint64')
  const statx = declare('statx', 'int', 'int', 'void*', 'int', 'uint32', 'void*')
  const openat = declare('openat', 'int', 'int', 'void*', 'int', 'uint32')
  const lseek = declare('lseek', 'int64', 'int', 'int64', 'int')
  const madvise = declare('madvise', 'int', 'void*', 'size_t', 'int')
  const fallocate = declare('fallocate', 'int', 'int', 'int', 'int64', 'int64')

  const pathSpace = Buffer.alloc(LONGEST_PATH)
  const nameSpace = Buffer.alloc(LONGEST_ATTRIBUTE_NAME + 1)
  const times = new BigInt64Array(4)

  // The f… functions refuse `O_PATH` descriptors with EBADF; their entry in /proc reaches the same inode, links too.
  const onTarget = (
    calls: { byPath: NativeFunction; byDescriptor: NativeFunction; byProc: NativeFunction },
    target: AttributeTarget,
    ...rest: unknown[]
  ): number => {
    if (typeof target === 'number') {
      const answer = calls.byDescriptor(target, ...rest)
      return answer === -EBADF ? calls.byProc(procPath(target), ...rest) : answer
    }
    const refusal = terminate(target, pathSpace)
    return refusal < 0 ? refusal : calls.byPath(pathSpace, ...rest)
  }

  return {
    listAttributes(target, into) {
      return onTarget(list, target, into, into.length)
    },
    getAttribute(target, name, into) {
      const refusal = terminate(name, nameSpace)
      return refusal < 0 ? refusal : onTarget(get, target, nameSpace, into, into.length)
    },
    setAttribute(target, name, value) {
      const refusal = terminate(name, nameSpace)
      return refusal < 0 ? refusal : onTarget(set, target, nameSpace, value, value.length, 0)
    },
    removeAttribute(target, name) {
      const refusal = terminate(name, nameSpace)
      return refusal < 0 ? refusal : onTarget(remove, target, nameSpace)
    },
    setTimes(descriptor, accessed, modified) {
      splitTime(accessed, times, 0)
      splitTime(modified, times, 2)
      const answer = futimens(descriptor, times)
      return answer === -EBADF ? utimensat(AT_FDCWD, procPath(descriptor), times, 0) : answer
    },
    statAt(folder, name, into) {
      const length = name.length < pathSpace.length ? pathSpace.latin1Write(name, 0) : -1
      if (length < 0) return -ENAMETOOLONG
      pathSpace[length] = 0
      return statx(folder, pathSpace, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, into)
    },
    openAt(folder, name, flags, mode) {
      const refusal = terminate(name, pathSpace)
      return refusal < 0 ? refusal : openat(folder, pathSpace, flags, mode)
    },
    makeNode(folder, name, mode, device) {
      const refusal = terminate(name, pathSpace)
      return refusal < 0 ? refusal : mknodat(folder, pathSpace, mode, device)
    },
    seekData: (descriptor, offset) => lseek(descriptor, offset, SEEK_DATA),
    seekHole: (descriptor, offset) => lseek(descriptor, offset, SEEK_HOLE),
    seekEnd: (descriptor) => lseek(descriptor, 0, SEEK_END),
    punchHole: (descriptor, offset, length) =>
      fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length),
    useLargePages: (memory) => madvise(memory, memory.length, MADV_HUGEPAGE),
  }
}

/** A Node-like error of a negated `errno`: `code`, `errno`, `syscall`, `path`. */
export function systemError(negated: number, syscall: string, path: Uint8Array): NodeJS.ErrnoException {
  const code = errorName(-negated)
  const shown = printable(path)
  const error: NodeJS.ErrnoException = new Error(`${code}: ${getSystemErrorMessage(negated)}, ${syscall} '${shown}'`)
  return Object.assign(error, { errno: negated, code, syscall, path: shown })
}

function errorName(errno: number): string {
  // Numbers with two names get the one that Node uses.
  if (errno === osConstants.errno.EAGAIN) return 'EAGAIN'
  if (errno === osConstants.errno.ENOTSUP) return 'ENOTSUP'
  return Object.entries(osConstants.errno).find(([, number]) => number === errno)?.[0] ?? `E${errno}`
}

/** Copies `bytes` with a NUL into `space`. A NUL within would silently name another file. */
function terminate(bytes: Uint8Array, space: Buffer): number {
  if (bytes.length >= space.length) return -ENAMETOOLONG
  if (bytes.includes(0)) return -EINVAL
  space.set(bytes, 0)
  space[bytes.length] = 0
  return 0
}

function procPath(descriptor: number): Buffer {
  return Buffer.from(`/proc/self/fd/${descriptor}\0`)
}

/** Writes a `struct timespec` of two 64-bit numbers. Before 1970 the seconds are negative, the nanoseconds are not. */
function splitTime(time: bigint, into: BigInt64Array, index: number): void {
  const nanoseconds = ((time % NANOSECONDS) + NANOSECONDS) % NANOSECONDS
  into[index] = (time - nanoseconds) / NANOSECONDS
  into[index + 1] = nanoseconds
}
