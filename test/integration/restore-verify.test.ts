import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { craftNode, createCraft } from '../support/crafted-tree.ts'
import { makeRestoreScene, type RestoreRun, type RestoreScene } from '../support/restore-scene.ts'

/** Nobody can write such an attribute, so finishing this file is told of; files with content are all written by then. */
const TELLTALE = craftNode('telltale', {
  extendedAttributes: [{ name: Buffer.from('unknown.space'), value: Buffer.from('x') }],
})

describe('--verify', () => {
  let scene: RestoreScene
  let tree: Buffer

  beforeAll(async () => {
    scene = await makeRestoreScene()
    const craft = createCraft(scene.repository)
    const several = ['first', 'second', 'third'].map((part) => craft.data(Buffer.from(part.repeat(1000))))
    const size = BigInt('firstsecondthird'.length * 1000)
    tree = craft.tree(
      craft.folder('folder', craft.tree(craft.file('victim', 'what was stored'), craft.file('bystander', 'too'))),
      craftNode('several', { content: Buffer.concat(several), size }),
      craft.file('first name', 'linked', { links: 2n, inode: 7n }),
      craft.file('second name', 'linked', { links: 2n, inode: 7n }),
      TELLTALE,
    )
    await craft.store()
  })
  afterAll(() => scene[Symbol.dispose]())

  /** Restores, and alters what was restored after it was written and before it is read again. */
  async function restoreAnd(
    target: string,
    verify: boolean,
    alter: () => void,
    overwrite: 'always' | 'never' = 'always',
  ): Promise<RestoreRun> {
    const problems: string[] = []
    const { restored } = await scene.restore(tree, target, {
      verify,
      overwrite,
      onProblem({ part, path, reason }) {
        problems.push(`${part} ${Buffer.from(path).toString()}: ${reason}`)
        if (part === 'attributes') alter()
      },
    })
    return { restored, problems: problems.filter((each) => !each.startsWith('attributes telltale')).toSorted() }
  }

  it('finds nothing where all is as it was written', async () => {
    const { restored, problems } = await restoreAnd(scene.path('whole'), true, () => undefined)
    expect(problems).toEqual([])
    expect(restored).toMatchObject({ filesLost: 0, filesDone: 6 })
  })

  it('names each file that was altered after it was written, whatever its size and time say', async () => {
    const target = scene.path('altered')
    const victims = ['folder/victim', 'several', 'first name']
    const { restored, problems } = await restoreAnd(target, true, () => {
      for (const name of victims) {
        const content = readFileSync(join(target, name))
        content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1)
        writeFileSync(join(target, name), content)
        utimesSync(join(target, name), 1_770_091_506.123, 1_770_091_506.123)
      }
    })
    expect(problems).toEqual([
      'file first name: it was read again and does not have its content',
      'file folder/victim: it was read again and does not have its content',
      'file second name: it is the same file as first name',
      'file several: it was read again and does not have its content',
    ])
    expect(restored.filesLost).toBe(4)
  })

  it('names a file that was cut off, or has grown', async () => {
    const target = scene.path('resized')
    const { problems } = await restoreAnd(target, true, () => {
      truncateSync(join(target, 'several'), 10)
      writeFileSync(join(target, 'folder/victim'), 'what was stored and more')
    })
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['file folder/victim', 'file several'])
  })

  it('is what finds it: without, nobody looks', async () => {
    const target = scene.path('unverified')
    const { problems } = await restoreAnd(target, false, () => writeFileSync(join(target, 'folder/victim'), 'altered'))
    expect(problems).toEqual([])
  })

  it('takes the good time from a file that it finds wrong, or its name where only whole files have theirs', async () => {
    for (const overwrite of ['always', 'never'] as const) {
      const target = scene.path(`doubted ${overwrite}`)
      const victim = join(target, 'folder/victim')
      const { problems } = await restoreAnd(
        target,
        true,
        () => {
          const content = readFileSync(victim)
          content.writeUInt8(content.readUInt8(0) ^ 1, 0)
          writeFileSync(victim, content)
          execFileSync('touch', ['-d', '@1770091506.123456789', victim])
        },
        overwrite,
      )
      expect(problems).toEqual(['file folder/victim: it was read again and does not have its content'])
      if (overwrite === 'never') expect(existsSync(victim)).toBe(false)
      else expect(lstatSync(victim, { bigint: true }).mtimeNs).toBe(1_770_091_505_000_000_000n)
      const again = await scene.restore(tree, target, { overwrite: overwrite === 'never' ? 'never' : 'if-changed' })
      expect(again.restored.filesLost).toBe(0)
      expect(readFileSync(victim, 'utf8')).toBe(readFileSync(join(scene.path('whole'), 'folder/victim'), 'utf8'))
    }
  })
})
