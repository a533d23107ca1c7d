import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, expect } from 'vitest'

import { type Craft, createCraft } from './crafted-tree.ts'
import { listTouched } from './folder-listing.ts'
import { makeRestoreScene, type RestoreRun, type RestoreScene } from './restore-scene.ts'

/** A folder with a target in it, and beside that what a restore must not touch. */
export interface HostileSpace {
  readonly craft: Craft
  readonly target: string
  /** The path of something in the folder that is restored from the crafted tree. */
  at(name?: string): string
  /** The path of something beside the target, `outside/precious` and `escape` among them. */
  beside(name: string): string
  /**
   * Restores a tree as the folder `hostile`, between a good file and a good folder. These have to be there afterwards,
   * and nothing outside the target may be touched.
   */
  restore(tree: Buffer): Promise<RestoreRun>
  /** A file's node in the words of JSON. */
  rawFile(name: string, content: string): string
  /** The same of a folder. */
  rawFolder(name: string, subtree: Buffer): string
}

const NEW_YEAR = '"2026-01-01T00:00:00Z"'

/** Times and owner as they are stored; the owner is whoever runs the tests. */
export const RAW_METADATA = `"mtime":${NEW_YEAR},"atime":${NEW_YEAR},"ctime":${NEW_YEAR},"uid":${process.getuid?.() ?? 0},"gid":${process.getgid?.() ?? 0}`

/** What the tests of a suite have in common: one scene, and a space of its own for each test. */
export interface HostileSuite {
  readonly scene: RestoreScene
  readonly space: HostileSpace
}

/** To be called in a suite. What it returns is filled before each test. */
export function useHostileSpace(): HostileSuite {
  let scene: RestoreScene | undefined
  let space: HostileSpace | undefined
  beforeAll(async () => {
    scene = await makeRestoreScene()
  })
  afterAll(() => scene?.[Symbol.dispose]())
  beforeEach(() => {
    space = scene && makeHostileSpace(scene)
  })
  return {
    get scene() {
      return scene ?? expect.unreachable()
    },
    get space() {
      return space ?? expect.unreachable()
    },
  }
}

function makeHostileSpace(scene: RestoreScene): HostileSpace {
  const craft = createCraft(scene.repository)
  const space = mkdtempSync(join(scene.home, 'space-'))
  const target = join(space, 'target')
  mkdirSync(target)
  mkdirSync(join(space, 'outside/deeper'), { recursive: true })
  for (const name of ['outside/precious', 'escape']) writeFileSync(join(space, name), 'precious')

  /** Everything in the space but the target. */
  function outside(): Map<string, string> {
    const touched = listTouched(join(space, 'outside'))
    for (const name of readdirSync(space)) touched.set(name, name === 'target' ? '' : touchOf(join(space, name)))
    return touched
  }

  const at = (name = ''): string => join(target, 'hostile', name)
  return {
    craft,
    target,
    at,
    beside: (name) => join(space, name),
    async restore(tree) {
      const root = craft.tree(
        craft.file('a good file', 'good'),
        craft.folder('hostile', tree),
        craft.folder('z good folder', craft.tree(craft.file('below', 'good too'))),
      )
      await craft.store()
      const before = outside()
      const run = await scene.restore(root, target)
      expect(outside()).toEqual(before)
      expect(readFileSync(join(target, 'a good file'), 'utf8')).toBe('good')
      expect(readFileSync(join(target, 'z good folder/below'), 'utf8')).toBe('good too')
      return run
    },
    rawFile(name, content) {
      const id = craft.data(Buffer.from(content)).toString('hex')
      return `{"name":"${name}","type":"file","mode":420,${RAW_METADATA},"size":${content.length},"content":["${id}"]}`
    },
    rawFolder: (name, subtree) =>
      `{"name":"${name}","type":"dir","mode":2147484141,${RAW_METADATA},"content":null,"subtree":"${subtree.toString('hex')}"}`,
  }
}

function touchOf(path: string): string {
  const { ino, ctimeNs } = lstatSync(path, { bigint: true })
  return `${ino} ${ctimeNs}`
}
