import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { RestoreOptions } from '../../core/restorer/index.ts'
import { goModeFromUnix } from '../../core/snapshot/index.ts'
import { type Craft, createCraft } from '../support/crafted-tree.ts'
import { asNobody, isRoot, NOBODY, rootOnly } from '../support/privilege.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

const SELF = process.getuid?.() ?? 0

describe('folders in which others may exchange what is restored', () => {
  let scene: RestoreScene
  let craft: Craft
  let target = ''
  const at = (name = ''): string => join(target, name)
  const rightsOf = (name = ''): string => {
    const { uid, mode } = lstatSync(at(name))
    return `${uid} ${(mode & 0o7777).toString(8)}`
  }

  beforeAll(async () => {
    scene = await makeRestoreScene()
  })
  afterAll(() => scene[Symbol.dispose]())
  beforeEach(() => {
    craft = createCraft(scene.repository)
    target = mkdtempSync(join(scene.home, 'target-'))
    scene.counted.delay = undefined
  })

  /** `owned/inner/file`; all is restored, or the file alone. */
  async function craftTree(): Promise<Buffer> {
    const inner = craft.tree(craft.file('file', 'content'))
    const owned = craft.tree(craft.folder('inner', inner, { mode: goModeFromUnix(0o040_777) }))
    const tree = craft.tree(craft.folder('owned', owned, { uid: NOBODY, gid: NOBODY }))
    await craft.store()
    return tree
  }

  /** Restores, and has `look` called before the first content is there. */
  async function restoreWith(look: () => void, options: Partial<RestoreOptions> = {}): Promise<readonly string[]> {
    let looked = 0
    scene.counted.delay = async () => {
      if (looked++ === 0) look()
    }
    const { problems } = await scene.restore(await craftTree(), target, options)
    expect(looked).toBe(1)
    return problems
  }

  function makeTheirs(): void {
    mkdirSync(at('owned/inner'), { recursive: true })
    for (const name of ['owned', 'owned/inner']) {
      chownSync(at(name), NOBODY, NOBODY)
      chmodSync(at(name), 0o775)
    }
  }

  it(
    `are ours alone before anything is written, and get their owner in the end${rootOnly}`,
    { skip: !isRoot },
    async () => {
      makeTheirs()
      const seen: string[] = []
      const problems = await restoreWith(() => {
        seen.push(rightsOf('owned'), rightsOf('owned/inner'))
        // What their owner would do.
        expect(() => asNobody(() => renameSync(at('owned/inner'), at('owned/mine')))).toThrow('EACCES')
      })
      expect(problems).toEqual([])
      expect(seen).toEqual(['0 700', '0 700'])
      expect([rightsOf('owned'), rightsOf('owned/inner')]).toEqual([`${NOBODY} 755`, '0 777'])
      expect(readFileSync(at('owned/inner/file'), 'utf8')).toBe('content')
    },
  )

  it(`that only lead to a file are given back as they were, the target too${rootOnly}`, { skip: !isRoot }, async () => {
    makeTheirs()
    chownSync(target, NOBODY, NOBODY)
    chmodSync(target, 0o751)
    const seen: string[] = []
    const selection = { includes: ['/owned/inner/file'] }
    const problems = await restoreWith(() => seen.push(rightsOf(), rightsOf('owned'), rightsOf('owned/inner')), {
      selection,
    })
    expect(problems).toEqual([])
    expect(seen).toEqual(['0 700', '0 700', '0 700'])
    expect([rightsOf(), rightsOf('owned'), rightsOf('owned/inner')]).toEqual([
      `${NOBODY} 751`,
      `${NOBODY} 775`,
      `${NOBODY} 775`,
    ])
  })

  it(`are given back when a restore is ended early${rootOnly}`, { skip: !isRoot }, async () => {
    makeTheirs()
    const ending = new AbortController()
    const stopped = restoreWith(() => ending.abort(new Error('enough')), { signal: ending.signal })
    await expect(stopped).rejects.toThrow('enough')
    expect([rightsOf('owned'), rightsOf('owned/inner')]).toEqual([`${NOBODY} 775`, `${NOBODY} 775`])
  })

  it('are made private while they are filled where they are our own, but for a sticky target, which others use', async () => {
    mkdirSync(at('owned'))
    chmodSync(at('owned'), 0o777)
    chmodSync(target, 0o1777)
    const seen: string[] = []
    await restoreWith(() => seen.push(rightsOf(), rightsOf('owned')), {
      selection: { includes: ['/owned/inner/file'] },
    })
    expect(seen).toEqual([`${SELF} 1777`, `${SELF} 700`])
    expect(rightsOf('owned')).toBe(`${SELF} 777`)
  })

  it('leave folders of our own in which only we write as they are: a running system goes on reading them', async () => {
    mkdirSync(at('owned'))
    writeFileSync(at('owned/other'), 'read by somebody')
    const seen: string[] = []
    await restoreWith(() => seen.push(rightsOf(), rightsOf('owned')), {
      selection: { includes: ['/owned/inner/file'] },
    })
    expect(seen).toEqual([`${SELF} 700`, `${SELF} 755`])
  })

  it('as restic does: a target that is made is nobody else’s, with the folders that lead there', async () => {
    const made = at('a/new/target')
    await scene.restore(await craftTree(), made)
    for (const name of ['a', 'a/new', 'a/new/target']) expect(lstatSync(at(name)).mode & 0o777).toBe(0o700)
  })
})
