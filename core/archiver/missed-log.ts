import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { formatInstant } from '../base/index.ts'
import { printable } from '../source/index.ts'
import type { MissedFile } from './messages.ts'

export interface MissedLog {
  /** Folder of all logs of missed files. */
  readonly folder: string
  /** What was backed up, by a name that is the same in every run. */
  readonly set: string
  /** The run, by a name of its own. */
  readonly run: string
  /** Milliseconds since the epoch. */
  readonly time: number
}

/**
 * Writes the list of missed files as `<folder>/<set>/Holdfast-<run>-MissedFiles.log` (FS-18: our own folder, the known
 * naming pattern). One line a file: its kind, the reason and its path, which is last as it may hold anything. Returns
 * the path of the log.
 */
export async function writeMissedLog(
  { folder, set, run, time }: MissedLog,
  missed: readonly MissedFile[],
): Promise<string> {
  const path = join(folder, set, `Holdfast-${run}-MissedFiles.log`)
  await mkdir(join(folder, set), { recursive: true, mode: 0o700 })
  const head = `# ${missed.length} missed in run ${run}, ${formatInstant(time)}\n`
  const lines = missed.map(({ kind, reason, path: file }) => `${kind}\t${reason}\t${printable(file)}\n`)
  await writeFile(path, head + lines.join(''), { mode: 0o600 })
  return path
}
