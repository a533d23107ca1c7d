import { readlinkSync } from 'node:fs'
import { resolve } from 'node:path'

import { argumentBytes, CoreError, isTextArgument } from '../base/index.ts'
import { type ByteString, printable, toByteString } from '../file-system/index.ts'

/** An argument that may be any bytes, such as a path or a pattern. */
export function byteStringOf(argument: string): ByteString {
  return argumentBytes(argument).toString('latin1')
}

/** The absolute, clean path that an argument names: of any bytes, as the working folder may be. */
export function absolutePath(path: Buffer): Buffer {
  // Each byte stands for one character, none of which is a slash or a dot but those that are.
  return Buffer.from(resolve(workingFolder(), path.toString('latin1')), 'latin1')
}

/** Node's own loses what is not UTF-8 in it, and so means another folder. */
function workingFolder(): ByteString {
  try {
    return readlinkSync('/proc/self/cwd', { encoding: 'latin1' as BufferEncoding })
  } catch {
    return toByteString(process.cwd())
  }
}

/** An argument as a person may be shown it. */
export function shownArgument(argument: string): string {
  return printable(argumentBytes(argument))
}

/** Throws `input/invalid` for an option that is not UTF-8, but for those that name files. */
export function refuseNotText(options: object, takingBytes: readonly string[]): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (takingBytes.includes(name)) continue
    for (const each of [value].flat()) if (typeof each === 'string' && !isTextArgument(each)) throw notTextError(each)
  }
}

/** The error of an argument that is not UTF-8, where only text is taken. */
export function notTextError(argument: string): CoreError {
  return new CoreError('input/invalid', `The argument ${shownArgument(argument)} is not UTF-8.`, {
    safety: 'Nothing was changed.',
    remedy: 'Only what names files to be backed up, restored, listed, found, compared or dumped may be any bytes.',
  })
}
