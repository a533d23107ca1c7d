import { lstat, readlink } from 'node:fs/promises'

import { type Abortable, CoreError, reasonOf, systemCode } from '../../base/index.ts'
import { type ByteString, type EntryStat, kindOf, printable } from '../../file-system/index.ts'
import { namesOf, type PathNames, pathOf } from './path-names.ts'
import { formatPathText, parsePathText } from './path-text.ts'
import type { Roots } from './reacher.ts'

/** As many links as the kernel follows (Linux, include/linux/namei.h, MAXSYMLINKS). */
const MOST_LINKS = 40

/** Where a path leads, all links followed. */
export interface Place {
  readonly names: PathNames
  /** What lies there, from `/` on: one more than names, or fewer where the last of these are missing. */
  readonly there: readonly EntryStat[]
}

export interface FindPlaceOptions extends Abortable {
  /** Called before anything is looked at, with each place on the way; what it throws ends the search. */
  readonly pass?: ((names: PathNames) => void) | undefined
}

/**
 * Finds where a path leads: name by name, as the kernel does, but it goes on where something is missing, as whoever makes
 * the folders would. Throws `target/refused` where a file is in the way, links lead in a circle, or nobody may look.
 */
export async function findPlace(path: Uint8Array, { signal, pass }: FindPlaceOptions = {}): Promise<Place> {
  const names: ByteString[] = []
  const there: EntryStat[] = [await look([], path)]
  const ahead = [...namesOf(path)].toReversed()
  let links = 0
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    signal?.throwIfAborted()
    if (name === '' || name === '.') continue
    if (name === '..') {
      names.pop()
      if (there.length > names.length + 1) there.pop()
      continue
    }
    const next = [...names, name]
    pass?.(next)
    const stat = there.length > names.length ? await lookIfThere(next, path) : undefined
    const kind = stat && kindOf(stat)
    if (kind === 'symlink') {
      if (++links > MOST_LINKS) throw refused(path, 'leads through too many links')
      const target = await readTarget(next, path)
      if (target.startsWith('/')) {
        names.length = 0
        there.length = 1
      }
      ahead.push(...target.split('/').toReversed())
      continue
    }
    if (stat && kind !== 'dir') throw refused(path, 'is not a folder, or does not lie in one')
    names.push(name)
    if (stat) there.push(stat)
  }
  return { names, there }
}

/**
 * Roots as they are to be kept: physical paths. To be called when an administrator sets them, and only then: a root that is
 * followed again later could be exchanged for a link by whoever may restore to the folder that it lies in.
 */
export async function physicalRoots(roots: Roots, options: Abortable = {}): Promise<Roots> {
  if (roots === null) return null
  const physical: string[] = []
  for (const root of roots) {
    const { names } = await findPlace(parsePathText(root), options)
    physical.push(formatPathText(pathOf(names)))
  }
  return physical
}

async function look(names: PathNames, wanted: Uint8Array): Promise<EntryStat> {
  try {
    return await lstat(pathOf(names), { bigint: true })
  } catch (error) {
    throw refused(wanted, `cannot be looked at: ${reasonOf(error)}`, error)
  }
}

async function lookIfThere(names: PathNames, wanted: Uint8Array): Promise<EntryStat | undefined> {
  try {
    return await lstat(pathOf(names), { bigint: true })
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw refused(wanted, `cannot be looked at: ${reasonOf(error)}`, error)
  }
}

async function readTarget(names: PathNames, wanted: Uint8Array): Promise<ByteString> {
  try {
    return (await readlink(pathOf(names), { encoding: 'buffer' })).toString('latin1')
  } catch (error) {
    throw refused(wanted, `cannot be looked at: ${reasonOf(error)}`, error)
  }
}

function refused(path: Uint8Array, what: string, cause?: unknown): CoreError {
  const shown = printable(path)
  return new CoreError('target/refused', `${shown} ${what}`, {
    cause,
    safety: 'Nothing was written.',
    remedy: 'Look at what lies there, or choose another folder.',
    context: { path: shown },
  })
}
