import { zstdCompressSync } from 'node:zlib'

import { expect, it } from 'vitest'

import { sha256 } from '../../core/repository/index.ts'
import { copy, openVault, snapshotsOf } from '../support/copy.ts'
import { storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { craftNode, createCraft } from '../support/crafted-tree.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeVault } from '../support/vault.ts'

const plain = Buffer.from('what everybody has, such as the text of a licence. '.repeat(50))
const frame = zstdCompressSync(plain)
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])

const VARIANTS: Readonly<Record<string, Buffer>> = {
  'a frame and garbage': Buffer.concat([frame, Buffer.from('garbage')]),
  'a frame and zeros': Buffer.concat([frame, Buffer.alloc(100)]),
  'a frame and a part of one': Buffer.concat([frame, frame.subarray(0, 20)]),
  'two frames': Buffer.concat([zstdCompressSync(plain.subarray(0, 100)), zstdCompressSync(plain.subarray(100))]),
  'a frame and one to be skipped': Buffer.concat([frame, SKIPPABLE]),
  'a frame behind one to be skipped': Buffer.concat([SKIPPABLE, frame]),
}

/** What somebody can do who has the key of a repository from which another one is fed. */
describeWith(['restic'], 'a blob that is stored as', () => {
  it.each(Object.entries(VARIANTS))('%s is damaged, named, and never copied', async (_title, body) => {
    const [from, to] = [await makeVault(), await makeVault({ name: 'second' })]
    const repository = await openVault(from)
    await storeIndex(repository, await storePack(repository, [{ type: 'data', plain, body }]))
    const craft = createCraft(repository)
    const tree = craft.tree(craftNode('licence', { size: BigInt(plain.length), content: sha256(plain) }))
    await craft.store()
    await storeSnapshot(repository, tree.toString('hex'))

    const checked = await from.holdfast(['check', '--read-data'])
    expect(checked.code).toBe(1)
    expect(checked.stderr).toContain(sha256(plain).toString('hex', 0, 4))
    const restored = await from.holdfast(['restore', 'latest', '--target', from.file('back')])
    expect(restored).toMatchObject({ code: 1, stderr: expect.stringContaining('licence') })

    expect((await copy(from, to)).code).toBe(3)
    expect(snapshotsOf(to)).toEqual([])
    // What the destination stores of the same content is good for restic, too.
    to.write('licence', plain)
    expect((await to.backUp()).code).toBe(0)
    expect(to.restic('check', '--read-data')).toContain('no errors were found')
  })
})
