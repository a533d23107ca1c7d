import { hash } from 'node:crypto'
import { type BigIntStats, existsSync, linkSync, lstatSync, readdirSync, renameSync, unlinkSync } from 'node:fs'

import { type Chance, type Clock, processPlace, systemClock, systemCode } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'
import { entryPath } from './entry-path.ts'
import { targetError } from './target-error.ts'

/**
 * Marks the parts of one restore: with its process, and where that has its number, so that what it left is known once it
 * is gone, and with what nobody can guess, so that neither another restore, nor a file of a snapshot, nor somebody else has
 * a part of the same name.
 */
export function newPartMark(chance: Chance): string {
  return `${placeMark()}-${process.pid}-${Buffer.from(chance.fill(Buffer.alloc(8))).toString('hex')}`
}

/** Stands for the host and the container: a number of a process says nothing in another one. */
function placeMark(): string {
  return hash('sha256', processPlace(), 'hex').slice(0, PLACE_DIGITS)
}

const PLACE_DIGITS = 8

/** What a file is called while it is being written, where it must not have its own name before it is whole. */
export function partName(name: Uint8Array, mark: string): Buffer {
  return Buffer.from(`${PREFIX}${hash('sha256', name, 'hex').slice(0, 16)}-${mark}`)
}

const PREFIX = '.holdfast-part-'
/** Earlier versions did not tell the place. */
const PART = /^\.holdfast-part-[\da-f]{16}-(?:([\da-f]{8})-)?(\d+)-[\da-f]{16}$/
/** How long a restore elsewhere certainly has written to its part, or is gone. Clocks of hosts differ by less. */
const LEFT_AFTER = 24 * 60 * 60 * 1000

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

/**
 * Removes from a folder the parts of restores whose process is gone, and those of other hosts and containers that nobody has
 * written to for a day; `mark` is the restore that is not gone. What hinders it harms nobody.
 */
export function removeLeftParts(folder: number, mark: string, clock: Clock = systemClock): void {
  try {
    for (const name of readdirSync(descriptorPath(folder))) {
      const [, place, pid] = PART.exec(name) ?? []
      if (pid === undefined || name.endsWith(mark)) continue
      const path = entryPath(folder, Buffer.from(name))
      if (place === mark.slice(0, PLACE_DIGITS) ? isGone(pid) : isForgotten(path, clock)) unlinkSync(path)
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

function isGone(pid: string): boolean {
  // In a container every restore may have the same number.
  return Number(pid) === process.pid || !existsSync(`/proc/${pid}`)
}

/** By the time of its last change, which no restore sets. */
function isForgotten(path: Buffer | string, clock: Clock): boolean {
  return clock.now() - lstatSync(path).ctimeMs > LEFT_AFTER
}
