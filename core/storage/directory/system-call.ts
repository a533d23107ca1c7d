import * as fs from 'node:fs'
import { promisify } from 'node:util'

// Callbacks made promises, not `fs/promises`: its file handles cost half as much again when many small ranges are read.

export const close = promisify(fs.close)
export const fstat = promisify(fs.fstat)
export const fsync = promisify(fs.fsync)
export const link = promisify(fs.link)
export const lstat = promisify(fs.lstat)
export const mkdir = promisify(fs.mkdir)
export const open = promisify(fs.open)
export const readdir = promisify(fs.readdir)
export const rename = promisify(fs.rename)
export const stat = promisify(fs.stat)
export const statfs = promisify(fs.statfs)
export const unlink = promisify(fs.unlink)

// Linux moves at most 0x7ffff000 bytes a call (read(2), write(2)) and Node takes no more than 2^31 - 1.
const MOST_BYTES_A_CALL = 2 ** 30

/** Reads into all of `target` from `position` on. Tells how many bytes there were, fewer only at the end of the file. */
export async function readFully(fd: number, target: Uint8Array, position: number): Promise<number> {
  let done = 0
  while (done < target.byteLength) {
    const count = await readSome(fd, target, done, position + done)
    if (count === 0) break
    done += count
  }
  return done
}

/** Writes all of `body` from the file's start on. */
export async function writeFully(fd: number, body: Uint8Array): Promise<void> {
  let done = 0
  while (done < body.byteLength) done += await writeSome(fd, body, done)
}

/** Closes a file that was only read: nothing can be lost with it, so nobody has to wait for it. */
export function closeSoon(fd: number): void {
  fs.close(fd, () => {})
}

function readSome(fd: number, target: Uint8Array, offset: number, position: number): Promise<number> {
  const length = Math.min(target.byteLength - offset, MOST_BYTES_A_CALL)
  return new Promise((resolve, reject) => {
    fs.read(fd, target, offset, length, position, (error, count) => (error ? reject(error) : resolve(count)))
  })
}

function writeSome(fd: number, body: Uint8Array, offset: number): Promise<number> {
  const length = Math.min(body.byteLength - offset, MOST_BYTES_A_CALL)
  return new Promise((resolve, reject) => {
    fs.write(fd, body, offset, length, offset, (error, count) => (error ? reject(error) : resolve(count)))
  })
}
