import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { RestoreOptions } from '../../core/restorer/index.ts'
import { startRestoreThreads } from '../../core/restorer/index.ts'
import { type Craft, createCraft } from '../support/crafted-tree.ts'
import { makeRestoreScene, type RestoreRun, type RestoreScene } from '../support/restore-scene.ts'

let scene: RestoreScene
let craft: Craft
/** What the target of a test lies in, and where no test may write to. */
let space: string
/** `file` with `content`, and `folder/file`. */
let tree: Buffer
beforeAll(async () => {
  scene = await makeRestoreScene()
  craft = createCraft(scene.repository)
  space = join(realpathSync(scene.home), 'space')
  tree = craft.tree(craft.file('file', 'content'), craft.folder('folder', craft.tree(craft.file('file', 'content'))))
  await craft.store()
})
afterAll(() => scene[Symbol.dispose]())
beforeEach(() => {
  rmSync(space, { recursive: true, force: true })
  mkdirSync(at('outside'), { recursive: true })
})

const at = (name: string): string => join(space, name)
const held = { holdsToPath: true } as const

/** Makes `outside` look like what lies below a folder of the target, and puts a link to it in the folder's place. */
function exchange(target: string, name: string): void {
  const below = target.slice(name.length)
  mkdirSync(at(`outside${below}`), { recursive: true })
  renameSync(at(name), at('moved'))
  symlinkSync(at('outside'), at(name))
}

/** Files anywhere in it. */
const filesIn = (name: string): readonly string[] =>
  readdirSync(at(name), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(at(name).length + 1))
    .toSorted()

describe('a restore that holds to the path of its target', () => {
  it.each(['a', 'a/b', 'a/b/c'])('writes nothing where %s was exchanged for a link before it began', async (name) => {
    mkdirSync(at('a/b/c'), { recursive: true })
    exchange('a/b/c', name)
    await expect(scene.restore(tree, at('a/b/c'), held)).rejects.toThrow(
      expect.objectContaining({
        code: 'target/refused',
        message: expect.stringContaining(`${at(name)} is a link`) as string,
      }) as Error,
    )
    expect([...filesIn('outside'), ...filesIn('moved')]).toEqual([])
  })

  it('still follows links for somebody who restores where he likes', async () => {
    symlinkSync('outside', at('link'))
    expect((await scene.restore(tree, at('link/new'))).problems).toEqual([])
    expect(filesIn('outside')).toEqual(['new/file', 'new/folder/file'])
  })

  it.each(['link', 'link/new'])('makes no target behind a link, a dry run does not look there: %s', async (name) => {
    for (const target of ['outside', 'outside/gone']) {
      symlinkSync(target, at('link'))
      for (const dryRun of [true, false])
        await expect(scene.restore(tree, at(name), { ...held, dryRun })).rejects.toThrow(`${at('link')} is a link`)
      rmSync(at('link'))
    }
    expect(readdirSync(at('outside'))).toEqual([])
  })

  it('makes a target that is not there, and a dry run does not', async () => {
    await scene.restore(tree, at('a/b'), { ...held, dryRun: true })
    expect(existsSync(at('a'))).toBe(false)
    expect((await scene.restore(tree, at('a/b'), held)).problems).toEqual([])
    expect(filesIn('a')).toEqual(['b/file', 'b/folder/file'])
  })

  it.each(['a', 'a/b', 'a/b/c'])(
    'has its threads write to the folder that it began with, not to the link at %s',
    async (name) => {
      mkdirSync(at('a/b/c'), { recursive: true })
      const threads = startRestoreThreads(2)
      let exchanged = 0
      const { problems } = await scene.restore(tree, at('a/b/c'), {
        ...held,
        workers: 2,
        threads: {
          ...threads,
          begin(dataFor) {
            // The target is open here, and the threads are yet to open it.
            exchange('a/b/c', name)
            exchanged++
            threads.begin(dataFor)
          },
        },
      })
      expect(exchanged).toBe(1)
      expect(problems).toEqual([])
      expect(filesIn('outside')).toEqual([])
      const below = 'a/b/c'.slice(name.length + 1)
      expect(filesIn('moved')).toEqual(['file', 'folder/file'].map((file) => join(below, file)))
    },
  )
})

describe.each([true, false])('a restore to where everything was (held to its path: %s)', (holdsToPath) => {
  /** Restores `srv/a`, and what is in it, to `/`; only what is included. */
  async function restoreHome(includes: readonly string[], options: Partial<RestoreOptions> = {}): Promise<RestoreRun> {
    let root = craft.tree(craft.folder('a', tree))
    for (const name of at('srv').split('/').filter(Boolean).toReversed()) root = craft.tree(craft.folder(name, root))
    await craft.store()
    return scene.restore(root, '/', { holdsToPath, selection: { includes: includes.map(at) }, ...options })
  }

  it('brings back what is included', async () => {
    mkdirSync(at('srv'))
    expect((await restoreHome(['srv/a/file'])).problems).toEqual([])
    expect(filesIn('srv')).toEqual(['a/file'])
  })

  it.each([
    ['srv/a', 'srv/a/file'],
    ['srv/a', 'srv/a'],
    ['srv', 'srv/a/file'],
    ['srv', 'srv/a'],
    ['srv/a/folder', 'srv/a/folder/file'],
  ])('names as lost, and never writes, what lies behind a link at %s: %s', async (link, included) => {
    mkdirSync(at(link.slice(0, link.lastIndexOf('/') + 1)), { recursive: true })
    for (const folder of ['a/folder', 'folder']) mkdirSync(at(`outside/${folder}`), { recursive: true })
    symlinkSync(at('outside'), at(link))
    const before = ['outside', 'outside/a', 'outside/folder'].map((name) => lstatSync(at(name), { bigint: true }))
    const { problems, restored } = await restoreHome([included])
    const shown = at(link).slice(1)
    const reasons = problems.filter((problem) => problem.startsWith(`file ${shown}:`))
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toContain('is in the way and is no folder')
    expect(restored.lost).toBeGreaterThan(1)
    expect(filesIn('outside')).toEqual([])
    expect(readlinkSync(at(link))).toBe(at('outside'))
    // Nor is anybody made its owner, or another mode or time given to it.
    const after = ['outside', 'outside/a', 'outside/folder'].map((name) => lstatSync(at(name), { bigint: true }))
    expect(after.map(({ ctimeNs, mtimeNs }) => [ctimeNs, mtimeNs])).toEqual(
      before.map(({ ctimeNs, mtimeNs }) => [ctimeNs, mtimeNs]),
    )
  })

  it('does not write to what a link in place of the file leads to', async () => {
    mkdirSync(at('srv/a'), { recursive: true })
    writeFileSync(at('outside/victim'), 'untouched')
    symlinkSync(at('outside/victim'), at('srv/a/file'))
    expect((await restoreHome(['srv/a/file'])).problems).toEqual([])
    expect(readFileSync(at('outside/victim'), 'utf8')).toBe('untouched')
    expect(lstatSync(at('srv/a/file')).isFile()).toBe(true)
    expect(readFileSync(at('srv/a/file'), 'utf8')).toBe('content')
  })
})
