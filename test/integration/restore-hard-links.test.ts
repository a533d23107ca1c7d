import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Overwrite } from '../../core/restorer/index.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

const THEN = 1_700_000_000
const NAMES = ['a', 'b', 'c'] as const
/** Every choice of names that something else has in the target. */
const TAKEN = Array.from({ length: 2 ** NAMES.length }, (_, bits) => NAMES.filter((_name, bit) => bits & (1 << bit)))
const CASES = (['never', 'if-newer', 'if-changed', 'always'] as const).flatMap((overwrite) =>
  TAKEN.map((taken) => ({ overwrite, taken })),
)

describe('a file with three names', () => {
  let scene: RestoreScene
  let tree: Buffer

  beforeAll(async () => {
    scene = await makeRestoreScene()
    const source = scene.path('source')
    mkdirSync(source)
    writeFileSync(join(source, 'a'), 'stored content')
    utimesSync(join(source, 'a'), THEN, THEN)
    for (const name of ['b', 'c']) linkSync(join(source, 'a'), join(source, name))
    tree = await scene.backUp(source)
  })
  afterAll(() => scene[Symbol.dispose]())

  async function restoreOver(taken: readonly string[], overwrite: Overwrite, mostEntries?: number) {
    const target = scene.path('target')
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target)
    for (const name of taken) {
      writeFileSync(join(target, name), `somebody's ${name}`)
      utimesSync(join(target, name), THEN + 1, THEN + 1)
    }
    const { restored, problems } = await scene.restore(tree, target, { overwrite, mostEntries, verify: true })
    expect(problems).toEqual([])
    expect(restored).toMatchObject({ filesTotal: 3, filesDone: 3, filesLost: 0 })
    return {
      content: (name: string) => readFileSync(join(target, name), 'utf8'),
      inode: (name: string) => statSync(join(target, name)).ino,
    }
  }

  it.each(CASES)(
    '$overwrite, where $taken are taken: what is kept is left alone, the others are the file',
    async (c) => {
      const isKept = (name: string): boolean =>
        (c.overwrite === 'never' || c.overwrite === 'if-newer') && c.taken.includes(name as never)
      // In one set, and each name in a set of its own.
      for (const mostEntries of [undefined, 1]) {
        const there = await restoreOver(c.taken, c.overwrite, mostEntries)
        for (const name of NAMES)
          expect(there.content(name)).toBe(isKept(name) ? `somebody's ${name}` : 'stored content')
        const own = NAMES.filter((name) => !isKept(name))
        expect(new Set(own.map(there.inode)).size).toBe(Math.min(1, own.length))
      }
    },
  )
})

describe('a file with several names that somebody exchanges during a restore', () => {
  it('is not linked to: the later name is lost, and told, and what was planted is nowhere else', async () => {
    using scene = await makeRestoreScene()
    const source = scene.path('source')
    for (const name of ['a', 'b', 'c']) mkdirSync(join(source, name), { recursive: true })
    writeFileSync(join(source, 'a/x'), 'stored content')
    for (let file = 0; file < 4; file++) writeFileSync(join(source, 'b', `${file}`), `content ${file}`)
    linkSync(join(source, 'a/x'), join(source, 'c/x'))
    const tree = await scene.backUp(source)
    const target = scene.path('target')
    const first = join(target, 'a/x')
    // Its set is done, and its folder given back, when those of later sets are read.
    scene.counted.delay = () => {
      if (existsSync(first) && !existsSync(join(target, 'a/hidden')) && existsSync(join(target, 'b'))) {
        renameSync(first, join(target, 'a/hidden'))
        writeFileSync(first, 'planted')
      }
      return Promise.resolve()
    }
    const { problems, restored } = await scene.restore(tree, target, { mostEntries: 2 })
    expect(readFileSync(first, 'utf8')).toBe('planted')
    expect(problems).toEqual(['file c/x: it is the same file as a/x, which somebody exchanged meanwhile'])
    expect(restored).toMatchObject({ filesLost: 1, lost: 1 })
    expect(existsSync(join(target, 'c/x'))).toBe(false)
  })
})
