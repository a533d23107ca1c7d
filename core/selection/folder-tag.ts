import { closeSync, constants, openSync, readSync } from 'node:fs'

import { CoreError, systemCode } from '../base/index.ts'
import { statEntry, joinPath, toByteString, type ByteString, kindOf } from '../file-system/index.ts'

/** A file whose presence excludes all else in its folder: restic's `--exclude-if-present NAME[:HEADER]`. */
export interface FolderTag {
  readonly name: ByteString
  /** How its content has to begin. Empty: its presence is enough. */
  readonly header: ByteString
}

/** Called for a tag that is there and cannot be read; its folder is then not excluded. */
export type TagProblem = (path: Buffer, error: unknown) => void

/** What marks a cache folder (bford.info/cachedir, `--exclude-caches`). */
export const CACHE_FOLDER_TAG: FolderTag = {
  name: 'CACHEDIR.TAG',
  header: 'Signature: 8a477f597d28d172789f06886806bc55',
}

/** Parses `NAME[:HEADER]`. Fails with `input/invalid`. */
export function parseFolderTag(text: string): FolderTag {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  if (name !== '') return { name: toByteString(name), header: colon < 0 ? '' : toByteString(text.slice(colon + 1)) }
  throw new CoreError('input/invalid', `${JSON.stringify(text)} names no file that would exclude its folder`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Write NAME or NAME:HEADER.',
  })
}

/** Whether the folder, which is read at `folder`, holds this tag. */
export function isTagged(folder: Uint8Array, tag: FolderTag, problem: (error: unknown) => void): boolean {
  const path = joinPath(folder, tag.name)
  try {
    const stat = statEntry(path)
    if (!stat) return false
    // Opening what is no file may do something: a device, a FIFO that somebody writes to, a link to one.
    return tag.header === '' || (kindOf(stat) === 'file' && readStart(path, tag.header.length) === tag.header)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') problem(error)
    return false
  }
}

function readStart(path: Buffer, length: number): ByteString {
  // Nor may it be exchanged for one in between.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    const start = Buffer.alloc(length)
    return start.subarray(0, readSync(descriptor, start, 0, length, 0)).toString('latin1')
  } finally {
    closeSync(descriptor)
  }
}
