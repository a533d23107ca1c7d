import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { isCode } from '../../core/base/index.ts'
import { makeFile, openTargetTree, type TargetTreeOptions } from '../../core/target/index.ts'

let space = ''
beforeEach(() => {
  space = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-target-root-')))
  mkdirSync(at('outside'))
})
afterEach(() => rmSync(space, { recursive: true, force: true }))

const at = (name: string): string => join(space, name)
const descriptors = (): number => readdirSync('/proc/self/fd').length

/** Opens a target, makes a file in it, and closes it. */
function plant(target: string, options: TargetTreeOptions): void {
  const tree = openTargetTree(Buffer.from(target), options)
  try {
    closeSync(makeFile(tree.folder(Buffer.alloc(0)), Buffer.from('planted')))
  } finally {
    tree.close()
  }
}

/** The message of the refusal. */
function refused(target: string, options: TargetTreeOptions = { holdsToPath: true }): string {
  const before = descriptors()
  try {
    plant(target, options)
  } catch (error) {
    expect(isCode(error, 'target/refused')).toBe(true)
    expect(descriptors()).toBe(before)
    return (error as Error).message
  }
  throw new Error(`${target} was not refused`)
}

describe('a target that was checked before', () => {
  it('is the folder that is there, whatever slashes its path has', () => {
    mkdirSync(at('a/b'), { recursive: true })
    const before = descriptors()
    plant(`/${at('a//b')}/`, { holdsToPath: true })
    expect(readdirSync(at('a/b'))).toEqual(['planted'])
    expect(descriptors()).toBe(before)
  })

  it('is made where it is missing, for nobody else', () => {
    plant(at('a/b/c'), { holdsToPath: true })
    expect(readdirSync(at('a/b/c'))).toEqual(['planted'])
    for (const name of ['a', 'a/b', 'a/b/c']) expect(lstatSync(at(name)).mode & 0o7777).toBe(0o700)
  })

  it('may be the root of all', () => {
    const tree = openTargetTree(Buffer.from('/'), { holdsToPath: true })
    expect(tree.room(Buffer.alloc(0)).device).toBe(lstatSync('/', { bigint: true }).dev)
    tree.close()
  })

  it.each(['a', 'a/b', 'a/b/c'])('is not reached through a link that took the place of %s', (name) => {
    mkdirSync(at('a/b/c'), { recursive: true })
    mkdirSync(at('outside/b/c'), { recursive: true })
    mkdirSync(at('outside/c'))
    renameSync(at(name), at('moved'))
    symlinkSync(at('outside'), at(name))
    expect(refused(at('a/b/c'))).toContain(`${at(name)} is a link`)
    for (const folder of ['outside/b/c', 'outside/c', 'moved']) expect(readdirSync(at(folder))).not.toContain('planted')
    expect(readdirSync(at('outside')).toSorted()).toEqual(['b', 'c'])

    // It is where somebody's own choice leads, which shows that the links above lead somewhere.
    plant(at('a/b/c'), {})
    expect(['outside/b/c', 'outside/c', 'outside'].some((folder) => existsSync(at(`${folder}/planted`)))).toBe(true)
  })

  it.each(['link', 'link/new', 'link/new/er'])('is not made through a link: %s', (name) => {
    symlinkSync('outside', at('link'))
    expect(refused(at(name))).toContain(`${at('link')} is a link`)
    expect(readdirSync(at('outside'))).toEqual([])
  })

  it.each(['link', 'link/new'])('is not made where a link leads that led nowhere: %s', (name) => {
    symlinkSync('outside/gone', at('link'))
    expect(refused(at(name))).toContain(`${at('link')} is a link`)
    expect(readdirSync(at('outside'))).toEqual([])
  })

  it('is not reached through what /proc leads to', () => {
    expect(refused(`/proc/self/root${at('outside')}`)).toContain('/proc/self is a link')
    expect(refused(`/proc/${process.pid}/root${at('outside')}`)).toContain(`/proc/${process.pid}/root is a link`)
    expect(readdirSync(at('outside'))).toEqual([])
  })

  it('is refused where a file is in the way, or a name leads up', () => {
    writeFileSync(at('file'), '')
    expect(refused(at('file'))).toContain(`${at('file')} is not a folder`)
    expect(refused(at('file/new'))).toContain(`${at('file')} is not a folder`)
    expect(refused(`${space}/outside/../new`)).toContain('..')
    expect(refused('relative')).toContain('is not a path from / on')
    expect(readdirSync(space).toSorted()).toEqual(['file', 'outside'])
  })

  it('is not left for a link that comes and goes while it is opened', async () => {
    mkdirSync(at('a/b'), { recursive: true })
    mkdirSync(at('outside/b'))
    const isDone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const exchanger = new Worker(EXCHANGER, {
      eval: true,
      workerData: { a: at('a'), aside: at('aside'), outside: at('outside'), isDone },
    })
    const ended = once(exchanger, 'exit')
    // Not made where it is missing for a moment, so that it comes back.
    const open = (holdsToPath: boolean): string | undefined => {
      try {
        plant(at('a/b'), { holdsToPath, makesRoot: false })
        return undefined
      } catch (error) {
        return (error as Error).message
      }
    }
    // Until the link was met, and so was the folder; only whoever follows links ends outside.
    const met = { folder: 0, link: 0 }
    const escaped = (): boolean => existsSync(at('outside/b/planted'))
    while ((met.folder === 0 || met.link < 100) && !escaped()) {
      const message = open(true)
      if (message?.includes('is a link')) met.link++
      if (existsSync(at('a/b/planted'))) {
        met.folder++
        rmSync(at('a/b/planted'), { force: true })
      }
    }
    const hasEscaped = escaped()
    while (!escaped()) open(false)
    Atomics.store(isDone, 0, 1)
    expect(await ended).toEqual([0])
    expect(hasEscaped).toBe(false)
  })
})

/** Puts a link in the place of a folder and the folder back, over and over. */
const EXCHANGER = `
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs')
  const { a, aside, outside, isDone } = require('node:worker_threads').workerData
  while (Atomics.load(isDone, 0) === 0) {
    renameSync(a, aside)
    symlinkSync(outside, a)
    unlinkSync(a)
    renameSync(aside, a)
  }`

describe('a target that is only looked at', () => {
  it.each([true, false])('is not made, and has the room above it (held to its path: %s)', (holdsToPath) => {
    const tree = openTargetTree(Buffer.from(at('a/b')), { holdsToPath, makesRoot: false })
    expect(tree.room(Buffer.from('x')).device).toBe(lstatSync(space, { bigint: true }).dev)
    expect(tree.hasMounts()).toBe(false)
    expect(() => tree.folder(Buffer.alloc(0))).toThrow('is not there')
    tree.close()
    expect(readdirSync(space)).toEqual(['outside'])
  })

  it('is not looked for through a link', () => {
    symlinkSync('outside', at('link'))
    expect(refused(at('link/new'), { holdsToPath: true, makesRoot: false })).toContain(`${at('link')} is a link`)
  })
})
