import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { formatInstant, systemChance } from '../base/index.ts'
import { printable } from '../file-system/index.ts'
import type { MissedFile } from './messages.ts'

export interface MissedLogOptions {
  /** Folder of all logs of missed files. */
  readonly folder: string
  /** What was backed up, by a name that is the same in every run. */
  readonly set: string
}

/**
 * The list of missed files of one run, written as they come: there may be millions. It ends up as
 * `<folder>/<set>/Holdfast-<run>-MissedFiles.log` (FS-18: our own folder, the known naming pattern), one line a file: its
 * kind, the reason and its path, which is last as it may hold anything.
 */
export interface MissedLog extends Disposable {
  readonly folder: string
  /** Begins anew, as a second pass over everything does. Returns what is to hear of each file. */
  begin(): (file: MissedFile) => void
  /** Gives the list its name, and returns its path. Fails with what kept it from being written. */
  save(run: string, time: number): Promise<string>
}

/** Lines are gathered to so many letters. */
const GATHERED = 64 * 1024

export function openMissedLog({ folder, set }: MissedLogOptions): MissedLog {
  const place = join(folder, set)
  // A name that nobody can have put a link under.
  const part = join(place, `.Holdfast-${systemChance.fill(Buffer.alloc(8)).toString('hex')}-MissedFiles.part`)
  let descriptor: number | undefined
  let failure: { readonly error: unknown } | undefined
  let gathered = ''
  let count = 0

  function write(): void {
    try {
      if (descriptor === undefined) {
        mkdirSync(place, { recursive: true, mode: 0o700 })
        descriptor = openSync(part, 'wx', 0o600)
      }
      const bytes = Buffer.from(gathered)
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
    } catch (error) {
      // No reason to end a backup: whoever saves the list is told.
      failure ??= { error }
    }
    gathered = ''
  }

  function discard(): void {
    gathered = ''
    count = 0
    if (descriptor === undefined) return
    closeSync(descriptor)
    descriptor = undefined
    rmSync(part, { force: true })
  }

  return {
    folder,
    begin() {
      discard()
      return ({ kind, reason, path }) => {
        count++
        if (failure) return
        gathered += `${kind}\t${reason}\t${printable(path)}\n`
        if (gathered.length > GATHERED) write()
      }
    },
    async save(run, time) {
      write()
      if (failure) throw failure.error
      const path = join(place, `Holdfast-${run}-MissedFiles.log`)
      const head = `# ${count} missed in run ${run}, ${formatInstant(time)}\n`
      const whole = `${part}.whole`
      try {
        await writeFile(whole, head, { mode: 0o600, flag: 'wx' })
        await pipeline(createReadStream(part), createWriteStream(whole, { flags: 'a', flush: true }))
        // A list that was cut off must not look like one.
        renameSync(whole, path)
      } finally {
        rmSync(whole, { force: true })
      }
      return path
    },
    [Symbol.dispose]: discard,
  }
}
