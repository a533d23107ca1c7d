import { hash } from 'node:crypto'
import { type BigIntStats, existsSync, linkSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs'

import { type Chance, systemCode } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'
import { entryPath } from './entry-path.ts'
import { targetError } from './target-error.ts'

/**
 * Marks the parts of one restore: with its process, so that what it left is known once it is gone, and with what nobody
 * can guess, so that neither another restore, nor a file of a snapshot, nor somebody else has a part of the same name.
 */
export function newPartMark(chance: Chance): string {
  return `${process.pid}-${Buffer.from(chance.fill(Buffer.alloc(8))).toString('hex')}`
}

/** What a file is called while it is being written, where it must not have its own name before it is whole. */
export function partName(name: Uint8Array, mark: string): Buffer {
  return Buffer.from(`${PREFIX}${hash('sha256', name, 'hex').slice(0, 16)}-${mark}`)
}

const PREFIX = '.holdfast-part-'
const PART = /^\.holdfast-part-[\da-f]{16}-(\d+)-[\da-f]{16}$/

/**
 * Gives a whole file its own name. What has it is replaced, or else is in the way: `target/refused`, as for a part that is
 * not what was written any more.
 */
export function publishPart(
  folder: number,
  name: Uint8Array,
  part: Uint8Array,
  written: Pick<BigIntStats, 'dev' | 'ino'>,
  mayReplace: boolean,
): void {
  const from = entryPath(folder, part)
  const path = entryPath(folder, name)
  const there = lstatSync(from, { bigint: true, throwIfNoEntry: false })
  if (there?.dev !== written.dev || there.ino !== written.ino)
    throw targetError(name, 'was exchanged while it was being restored')
  try {
    if (mayReplace) renameSync(from, path)
    else {
      // Nothing renames only where there is nothing, but this does.
      linkSync(from, path)
      unlinkSync(from)
    }
  } catch (error) {
    throw targetError(name, 'cannot get its name', error)
  }
}

/** Removes from a folder the parts of restores whose process is gone; `mark` is the one that is not. What hinders it harms nobody. */
export function removeLeftParts(folder: number, mark: string): void {
  try {
    for (const name of readdirSync(descriptorPath(folder))) {
      if (isLeft(name, mark)) unlinkSync(entryPath(folder, Buffer.from(name)))
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

function isLeft(name: string, mark: string): boolean {
  const pid = PART.exec(name)?.[1]
  if (pid === undefined || name.endsWith(mark)) return false
  // In a container every restore may have the same number.
  return Number(pid) === process.pid || !existsSync(`/proc/${pid}`)
}
