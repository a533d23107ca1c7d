import { readFileSync } from 'node:fs'

import { argumentBytes, CoreError, systemCode } from '../../../base/index.ts'
import { type ByteString, cutBlanks, joinPath, listFolder, printable, statEntry } from '../../../file-system/index.ts'
import { compileComponent } from '../../../selection/index.ts'
import { findRoots } from '../../../source/index.ts'
import { absolutePath, shownArgument } from '../../byte-arguments.ts'
import type { BackupCommandOptions } from './backup-options.ts'

/** What is to be backed up: absolute, clean paths. */
export interface NamedTargets {
  readonly roots: readonly Buffer[]
  /** Named as well, and not there. Empty where none of them is: that is told as of any other root. */
  readonly missing: readonly Buffer[]
  /** Patterns of files that fit nothing. */
  readonly unfitting: readonly ByteString[]
}

/**
 * The targets that were named as arguments and in files, as restic reads these: `--files-from` has patterns, one a line,
 * `--files-from-verbatim` paths, one a line, and `--files-from-raw` paths that a NUL ends each. Throws `input/invalid`.
 */
export function namedTargets(
  targets: readonly string[],
  { filesFrom = [], filesFromVerbatim = [], filesFromRaw = [] }: BackupCommandOptions,
): NamedTargets {
  const unfitting: ByteString[] = []
  const listed = [
    ...filesFrom
      .flatMap((file) => linesOf(read(file)).map(cutBlanks).filter(isPattern))
      .flatMap((pattern) => {
        const fitting = expandPattern(pattern)
        if (fitting.length === 0) unfitting.push(pattern)
        return fitting
      }),
    ...filesFromVerbatim.flatMap((file) => linesOf(read(file)).filter((line) => line !== '')),
    ...filesFromRaw.flatMap((file) => rawPaths(file, read(file))),
  ]
  const paths = [
    ...targets.map((target) => argumentBytes(target)),
    ...listed.map((path) => Buffer.from(path, 'latin1')),
  ]
  if (paths.length === 0) throw noTargets(unfitting)
  const named = paths.map(rootOf)
  const { there: roots, missing } = findRoots(named)
  return { roots, missing, unfitting }
}

function noTargets(unfitting: readonly ByteString[]): CoreError {
  const [pattern] = unfitting
  const why = pattern === undefined ? '' : `: nothing fits ${printable(Buffer.from(pattern, 'latin1'))}`
  return new CoreError('input/invalid', `Nothing was named that should be backed up${why}.`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Name files or folders, or files that list them with --files-from.',
  })
}

function rootOf(path: Buffer): Buffer {
  // A variable that was never set is not the current folder.
  if (path.length > 0) return absolutePath(path)
  throw new CoreError('input/invalid', 'A target is empty.', {
    safety: 'Nothing was read or stored.',
    remedy: 'Name what to back up; `.` is the current folder.',
  })
}

function read(file: string): ByteString {
  try {
    return readFileSync(file === '-' ? 0 : argumentBytes(file)).toString('latin1')
  } catch (error) {
    throw new CoreError('input/invalid', `The list of targets ${shownArgument(file)} cannot be read.`, {
      cause: error,
      safety: 'Nothing was read or stored.',
      remedy: 'Check its path and the right to read it.',
    })
  }
}

function linesOf(text: ByteString): ByteString[] {
  return text.split('\n').map((line) => line.replace(/\r$/, ''))
}

function isPattern(line: ByteString): boolean {
  return line !== '' && !line.startsWith('#')
}

function rawPaths(file: string, text: ByteString): ByteString[] {
  const paths = text.split('\0')
  if (paths.pop() === '' && !paths.includes('')) return paths
  throw new CoreError('input/invalid', `The list of targets ${shownArgument(file)} is cut off, or has an empty path.`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Have every path ended by a NUL, as `find -print0` does.',
  })
}

/** The paths that are there and fit a pattern, component by component, as Go's `filepath.Glob` finds them. */
function expandPattern(pattern: ByteString): ByteString[] {
  let found: ByteString[] = [pattern.startsWith('/') ? '/' : '']
  for (const part of pattern.split('/').filter((component) => component !== '')) {
    const { literal, test } = compileComponent(part)
    found = found.flatMap((folder) => {
      if (literal !== undefined) return [below(folder, literal)]
      return namesIn(folder)
        .filter(test)
        .map((name) => below(folder, name))
    })
  }
  return found.filter((path) => path !== '' && isThere(path))
}

function below(folder: ByteString, name: ByteString): ByteString {
  return folder === '' ? name : joinPath(Buffer.from(folder, 'latin1'), name).toString('latin1')
}

function namesIn(folder: ByteString): ByteString[] {
  try {
    return listFolder(Buffer.from(folder === '' ? '.' : folder, 'latin1'))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return []
  }
}

function isThere(path: ByteString): boolean {
  try {
    return statEntry(Buffer.from(path, 'latin1')) !== undefined
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
  }
}
