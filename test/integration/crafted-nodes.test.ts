import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { openRepository, type Repository } from '../../core/repository/index.ts'
import { loadSnapshot, type Node } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { type Craft, createCraft } from '../support/crafted-tree.ts'
import { jsonLines } from '../support/holdfast.ts'
import { nodeAt } from '../support/node-at.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const MIB = 1024 * 1024

interface Crafting {
  readonly vault: Vault
  readonly repository: Repository
  readonly craft: Craft
  /** Stores a snapshot of the tree. Resolves to its id. */
  readonly snapshot: (tree: Buffer) => Promise<string>
}

async function makeCrafting(): Promise<Crafting> {
  const vault = await makeVault()
  const repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
  const craft = createCraft(repository)
  return {
    vault,
    repository,
    craft,
    async snapshot(tree) {
      await craft.store()
      return storeSnapshot(repository, tree.toString('hex'))
    },
  }
}

/** The node of the vault's file in its newest snapshot. */
async function newestNode({ vault, repository }: Crafting, name: string): Promise<Node> {
  const id = String(jsonLines((await vault.holdfast(['snapshots', '--json', '--latest', '1'])).stdout)[0]?.['id'])
  const { tree } = await loadSnapshot(repository, id)
  return nodeAt(repository, Buffer.from(tree, 'hex'), vault.at(name))
}

describeWith(['restic'], 'nodes that no file system here would give', () => {
  it('of inodes 2^54 and 2^54 + 1 are two files, those of one inode are one: in restore, dump and stats', async () => {
    const { vault, craft, snapshot } = await makeCrafting()
    const linked = (name: string, inode: bigint): Node => craft.file(name, 'the same in all', { inode, links: 2n })
    const [even, odd] = [2n ** 54n, 2n ** 54n + 1n]
    const id = await snapshot(craft.tree(linked('a', even), linked('b', odd), linked('c', odd)))

    const restored = vault.file('restored')
    expect((await vault.holdfast(['restore', id, '--target', restored])).code).toBe(0)
    const inodes = ['a', 'b', 'c'].map((name) => statSync(join(restored, name)).ino)
    expect([inodes[0] === inodes[1], inodes[1] === inodes[2]]).toEqual([false, true])

    const archive = vault.file('archive.tar')
    expect((await vault.holdfast(['dump', id, '/', '--target', archive])).code).toBe(0)
    const listed = execFileSync('tar', ['tvf', archive], { encoding: 'utf8' })
    expect(listed.match(/ link to /g)).toHaveLength(1)

    // Stock restic counts two files of 15 bytes.
    const theirs = JSON.parse(vault.restic('stats', id, '--json', '--mode', 'restore-size')) as { total_size: number }
    expect(theirs.total_size).toBe(30)
    const ours = await vault.holdfast(['stats', id, '--json', '--mode', 'restore-size'])
    expect(jsonLines(ours.stdout).at(-1)).toMatchObject({ total_size: 30 })
  })

  it('of a file in blobs of 4 MiB, as images are stored: unchanged it stays so, and restores', async () => {
    const crafting = await makeCrafting()
    const { vault, craft, repository } = crafting
    const content = seededChance(11).fill(Buffer.alloc(12 * MIB))
    vault.write('image', content)
    await vault.backUp()
    const node = await newestNode(crafting, 'image')
    expect(node.content?.length).toBeGreaterThan(0)
    const blocks = Buffer.concat(
      [0, 1, 2].map((block) => craft.data(content.subarray(block * 4 * MIB, (block + 1) * 4 * MIB))),
    )

    // The folders above, around the node with other blobs.
    let tree = craft.tree({ ...node, content: blocks })
    for (const name of vault.source.split('/').slice(1).toReversed()) tree = craft.tree(craft.folder(name, tree))
    await craft.store()
    const parent = await repository.saveDocument(
      'snapshot',
      Buffer.from(
        JSON.stringify({
          time: '2030-01-01T00:00:00Z',
          tree: tree.toString('hex'),
          paths: [vault.source],
          hostname: 'host',
        }),
      ),
    )
    const { code, summary } = await vault.backUp(['--parent', parent])
    expect({ code, blobs: summary['data_blobs'], unmodified: summary['files_unmodified'] }).toEqual({
      code: 0,
      blobs: 0,
      unmodified: 1,
    })
    const made = await loadSnapshot(repository, String(summary['snapshot_id']))
    expect((await nodeAt(repository, Buffer.from(made.tree, 'hex'), vault.at('image'))).content).toEqual(blocks)
    vault.restic('check', '--read-data')
    const [ours, theirs] = [vault.file('by-us'), vault.file('by-them')]
    const id = String(summary['snapshot_id'])
    expect((await vault.holdfast(['restore', id, '--target', ours])).code).toBe(0)
    vault.restic('restore', id, '--target', theirs)
    for (const restored of [ours, theirs]) {
      expect(readFileSync(join(restored, vault.at('image'))).equals(content)).toBe(true)
    }
  })

  it('whose link target is not UTF-8: it comes back byte for byte, and restic reads the repository', async () => {
    const crafting = await makeCrafting()
    const { vault } = crafting
    const target = Buffer.from('n\xffwhere/\xe9', 'latin1')
    symlinkSync(target, vault.at('link'))
    expect((await vault.backUp()).code).toBe(0)
    expect((await newestNode(crafting, 'link')).linkTarget).toEqual(target)
    const restored = vault.file('restored')
    expect((await vault.holdfast(['restore', `latest:${vault.source}`, '--target', restored])).code).toBe(0)
    expect(readlinkSync(join(restored, 'link'), { encoding: 'buffer' })).toEqual(target)
    vault.restic('check', '--read-data')
  })

  it('with fields that nobody knows yet: they are no reason to refuse the file', async () => {
    const { vault, craft, snapshot } = await makeCrafting()
    const times = '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z"'
    const content = craft.data(Buffer.from('content')).toString('hex')
    const tree = craft.rawTree(
      `{"nodes":[{"name":"a","type":"file","mode":420,${times},"size":7,"content":["${content}"],"future":{"b":[1,"]}"]}}]}\n`,
    )
    const id = await snapshot(tree)
    const restored = vault.file('restored')
    expect((await vault.holdfast(['restore', id, '--target', restored, '--verify'])).code).toBe(0)
    expect(readFileSync(join(restored, 'a'), 'utf8')).toBe('content')
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
  })
})
