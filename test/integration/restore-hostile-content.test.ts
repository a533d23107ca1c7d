import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import type { HeaderEntry } from '../../core/repository/index.ts'
import { storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { craftNode } from '../support/crafted-tree.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { useHostileSpace } from '../support/hostile-space.ts'

/** What an index may say wrongly of a blob. */
const LIES: Readonly<Record<string, (entry: HeaderEntry) => Partial<HeaderEntry>>> = {
  beyond: ({ length }) => ({ offset: 2 ** 32 - 1 - length }),
  compressed: () => ({ uncompressedLength: 1000 }),
  'compressed gigabytes': () => ({ uncompressedLength: 2 ** 32 - 1 }),
  gigabytes: () => ({ length: 2 ** 32 - 1 }),
  hash: () => ({ id: Buffer.alloc(32, 0xab) }),
  honest: () => ({}),
  length: ({ length }) => ({ length: length + 1 }),
  nothing: () => ({ length: 0 }),
  offset: ({ offset }) => ({ offset: offset + 1 }),
  short: () => ({ length: 3 }),
}

describe('content that somebody made up', () => {
  const suite = useHostileSpace()

  it.each([
    ['more than any disk has', 2n ** 63n],
    ['all that a number holds', 2n ** 64n - 1n],
    ['more than there is', 5n],
    ['less than there is', 3n],
    ['none', 0n],
  ])('has a size that is not its own: %s', async (_title, size) => {
    const tree = suite.space.craft.tree(
      suite.space.craft.file('absurd', 'four', { size }),
      suite.space.craft.file('fine', 'fine'),
    )
    const { problems, restored } = await suite.space.restore(tree)
    const as = 'its content has 4 bytes and is restored as it was read'
    expect(problems).toEqual([`size hostile/absurd: ${as}; the snapshot says ${size}`])
    expect(restored.filesLost).toBe(0)
    expect(readFileSync(suite.space.at('absurd'), 'utf8')).toBe('four')
    // It is there now, and goes on being what its content is.
    expect((await suite.space.restore(tree)).problems).toEqual(problems)
    expect(readFileSync(suite.space.at('absurd'), 'utf8')).toBe('four')
  })

  it('is missing, or is a folder: what is there already stays', async () => {
    const tree = suite.space.craft.tree(
      craftNode('missing', { size: 4n, content: Buffer.alloc(32, 9) }),
      craftNode('tree', { size: 4n, content: suite.space.craft.tree(suite.space.craft.file('x', 'x')) }),
      suite.space.craft.file('fine', 'fine'),
    )
    mkdirSync(suite.space.at())
    writeFileSync(suite.space.at('missing'), 'there already, and longer')
    const { problems } = await suite.space.restore(tree)
    expect(problems).toEqual([
      'file hostile/missing: a part of its content is in no index of the repository',
      'file hostile/tree: a part of its content is in no index of the repository',
    ])
    expect(readFileSync(suite.space.at('missing'), 'utf8')).toBe('there already, and longer')
    expect(readdirSync(suite.space.at())).toEqual(['fine', 'missing'])
  })

  it('is not where, what or as long as the index says: each file is named, and others of the pack are whole', async () => {
    const names = Object.keys(LIES)
    const blobs = names.map((name) => ({ type: 'data' as const, plain: Buffer.from(`content of ${name}`) }))
    const pack = await storePack(suite.scene.repository, blobs)
    const entries = pack.entries.map((entry, at) => ({ ...entry, ...LIES[names[at] ?? '']?.(entry) }))
    await storeIndex(suite.scene.repository, { ...pack, entries })
    const nodes = entries.map(({ id, length, uncompressedLength }, at) =>
      craftNode(names[at] ?? '', {
        content: id,
        size: BigInt(uncompressedLength > 0 ? uncompressedLength : Math.max(0, length - 32)),
      }),
    )
    const { problems } = await suite.space.restore(suite.space.craft.tree(...nodes))
    const lying = names.filter((name) => name !== 'honest')
    const named = problems.map((problem) => problem.replace(/:.*/, ''))
    expect(named.toSorted()).toEqual(lying.map((name) => `file hostile/${name}`))
    expect(readFileSync(suite.space.at('honest'), 'utf8')).toBe('content of honest')
  })

  it('ends the program with 1, each loss named, and the number of them last', async () => {
    const tree = suite.space.craft.tree(
      suite.space.craft.file('absurd', 'four', { size: 2n ** 60n }),
      suite.space.craft.file('fine', 'fine'),
      craftNode('missing', { size: 4n, content: Buffer.alloc(32, 9) }),
    )
    await suite.space.craft.store()
    const snapshot = await storeSnapshot(suite.scene.repository, tree.toString('hex'))
    const args = ['repo', 'restore', '-r', suite.scene.location, snapshot, '--target', suite.space.target]
    const env = { RESTIC_PASSWORD: suite.scene.password }
    const { code, stderr } = await runHoldfast(args, { env })
    expect(code).toBe(1)
    expect(stderr).toContain(
      `size: absurd: its content has 4 bytes and is restored as it was read; the snapshot says ${2n ** 60n}\n`,
    )
    expect(stderr).toContain('file: missing: a part of its content is in no index of the repository\n')
    expect(stderr).toContain('1 entry could not be restored')
    const { stdout } = await runHoldfast([...args, '--json'], { env })
    expect(jsonLines(stdout).at(-1)).toMatchObject({ message_type: 'summary', files_lost: 1, total_files: 3 })
    expect(readdirSync(suite.space.target)).toEqual(['absurd', 'fine'])
    // check says the same: what is missing is damage, a size is a hint; and dump writes what there is.
    const checked = await runHoldfast(['repo', 'check', '-r', suite.scene.location], { env })
    expect(checked.stdout + checked.stderr).toContain('File absurd in tree')
    expect(checked.stdout + checked.stderr).toContain('What was read of it is restored, as it was read.')
    const dumped = await runHoldfast(['repo', 'dump', '-r', suite.scene.location, snapshot, '/absurd'], { env })
    expect(dumped).toMatchObject({ code: 3, stdout: 'four' })
    expect(dumped.stderr).toContain('/absurd has 4 bytes, as it was read')
  })
})
