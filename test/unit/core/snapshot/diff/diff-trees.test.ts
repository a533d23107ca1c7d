import { beforeAll, describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import { createTreeLoader, type Repository, type TreeLoader } from '../../../../../core/repository/index.ts'
import { diffTrees, type DiffTotals, type Node } from '../../../../../core/snapshot/index.ts'
import { type Craft, createCraft } from '../../../../support/crafted-tree.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

let makeRepository: () => Repository
beforeAll(async () => {
  makeRepository = await makeRepositories()
})

interface Compared {
  /** `M /a/b`, and `? /a` for a folder that cannot be read. */
  readonly told: readonly string[]
  readonly totals: DiffTotals
  /** How often each tree was read, by id. */
  readonly loads: ReadonlyMap<string, number>
}

async function compare(
  craft: Craft,
  repository: Repository,
  before: Buffer,
  after: Buffer,
  metadata = false,
  padding = 0,
): Promise<Compared> {
  await craft.store()
  const index = await repository.loadIndex({ purpose: 'read' })
  const trees = createTreeLoader(repository, index)
  const loads = new Map<string, number>()
  const counted: TreeLoader = {
    async load(id, options) {
      const hex = Buffer.from(id).toString('hex')
      loads.set(hex, (loads.get(hex) ?? 0) + 1)
      const plain = await trees.load(id, options)
      return padding > 0 ? Buffer.concat([plain, Buffer.alloc(padding, ' ')]) : plain
    },
  }
  const told: string[] = []
  const totals = await diffTrees(
    counted,
    index,
    before,
    after,
    '/',
    {
      folderIn: (folder, name) => `${folder}${name.toString()}/`,
      changed: (signs, name, isFolder, folder) =>
        told.push(`${signs} ${folder}${name.toString()}${isFolder ? '/' : ''}`),
      unreadable: (folder, error) =>
        told.push(`unreadable ${folder} ${isCode(error, 'repository/not-in-repository') ? 'missing' : 'broken'}`),
      uncounted: () => told.push('uncounted'),
      pause: () => undefined,
    },
    { metadata },
  )
  return { told, totals, loads }
}

function scene(): { repository: Repository; craft: Craft } {
  const repository = makeRepository()
  return { repository, craft: createCraft(repository) }
}

const link = (name: string, target: string): Partial<Node> & { name: Buffer } => ({
  name: Buffer.from(name),
  type: 'symlink',
  linkTarget: Buffer.from(target),
  content: null,
})

describe('two trees', () => {
  it('differ in what came, went, changed and became something else, each entry before what is in it', async () => {
    const { repository, craft } = scene()
    const old = craft.folder('sub', craft.tree(craft.file('deep', 'deep'), craft.folder('e', craft.tree())))
    const before = craft.tree(
      craft.file('a', 'a'),
      craft.file('gone', 'x'),
      craft.file('m', 'one'),
      old,
      craft.file('type', 'x'),
    )
    const after = craft.tree(
      craft.file('a', 'a'),
      craft.file('came', 'y'),
      craft.file('m', 'two!'),
      { ...craft.file('type', ''), ...link('type', 'a') },
      craft.folder('z', craft.tree(craft.file('in', 'in'))),
    )
    const { told, totals } = await compare(craft, repository, before, after)
    expect(told).toEqual([
      '+ /came',
      '- /gone',
      'M /m',
      '- /sub/',
      '- /sub/deep',
      '- /sub/e/',
      'T /type',
      '+ /z/',
      '+ /z/in',
    ])
    expect(totals).toEqual({
      changedFiles: 1,
      added: { files: 2, dirs: 1, others: 0, dataBlobs: 3, treeBlobs: 2, bytes: expect.any(BigInt), unlisted: 0 },
      removed: { files: 2, dirs: 2, others: 0, dataBlobs: 3, treeBlobs: 3, bytes: expect.any(BigInt), unlisted: 0 },
    })
  })

  it('of which those above are let go of, where they are large, and loaded again, differ in the same', async () => {
    const { repository, craft } = scene()
    const chain = (side: string): Buffer => {
      let tree = craft.tree(craft.file('bottom', side))
      for (let level = 0; level < 6; level++) {
        const others = [craft.file(`b only ${side}`, 'x'), craft.file('e', `${side} ${level}`), craft.file('f', 'f')]
        tree = craft.tree(craft.file('a', 'a'), craft.folder('c', tree), ...others, craft.file(`z ${side}`, 'z'))
      }
      return tree
    }
    const [before, after] = [chain('one'), chain('other')]
    const small = await compare(craft, repository, before, after)
    const large = await compare(craft, repository, before, after, false, 10_000_000)
    expect(small.told).toHaveLength(5 * 6 + 1)
    expect([large.told, large.totals]).toEqual([small.told, small.totals])
    const loadsOf = ({ loads }: Compared) => [before, after].map((tree) => loads.get(tree.toString('hex')))
    expect([loadsOf(small), loadsOf(large)]).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('with the same id are the same, and nothing is read', async () => {
    const { repository, craft } = scene()
    const tree = craft.tree(craft.file('a', 'a'))
    const { told, loads, totals } = await compare(craft, repository, tree, tree)
    expect({ told, loads: loads.size, bytes: totals.added.bytes }).toEqual({ told: [], loads: 0, bytes: 0n })
  })

  it('differ in metadata only where that is asked for', async () => {
    const { repository, craft } = scene()
    const subtree = craft.tree(craft.file('in', 'in'))
    const before = craft.tree(craft.file('f', 'f'), craft.folder('d', subtree), craft.file('same', 's'))
    const after = craft.tree(
      craft.file('f', 'f', { mtime: 1n }),
      craft.folder('d', subtree, { uid: 4711 }),
      craft.file('same', 's'),
    )
    expect((await compare(craft, repository, before, after)).told).toEqual([])
    expect((await compare(craft, repository, before, after, true)).told).toEqual(['U /d/', 'U /f'])
  })

  it('tell of content that changed while no metadata did', async () => {
    const { repository, craft } = scene()
    const before = craft.tree(craft.file('f', 'one'), craft.file('g', 'one'))
    const after = craft.tree(craft.file('f', 'two'), craft.file('g', 'two', { mtime: 1n }))
    expect((await compare(craft, repository, before, after, true)).told).toEqual(['M? /f', 'M /g'])
  })

  it.each<[string, Partial<Node>]>([
    ['mode', { mode: 0o600 }],
    ['mtime', { mtime: 1n }],
    ['atime', { atime: 1n }],
    ['ctime', { ctime: 1n }],
    ['uid', { uid: 99 }],
    ['gid', { gid: 99 }],
    ['user', { user: 'eve' }],
    ['group', { group: 'evil' }],
    ['inode', { inode: 99n }],
    ['deviceId', { deviceId: 99n }],
    ['size', { size: 99n }],
    ['links', { links: 99n }],
    ['device', { device: 99n }],
    ['error', { error: 'x' }],
    ['linkTarget', { linkTarget: Buffer.from('x') }],
    ['extendedAttributes', { extendedAttributes: [{ name: Buffer.from('user.a'), value: Buffer.from('x') }] }],
    ['genericAttributes', { genericAttributes: Buffer.from('{"a":1}') }],
  ])('differ in metadata where %s does', async (_, change) => {
    const { repository, craft } = scene()
    const before = craft.tree(craft.file('f', 'f'))
    const after = craft.tree(craft.file('f', 'f', change))
    expect((await compare(craft, repository, before, after, true)).told).toEqual(['U /f'])
  })

  it('read each folder that they share once at the most, and only where blobs are on one side', async () => {
    const { repository, craft } = scene()
    const inner = craft.tree(craft.file('x', 'shared'))
    const shared = craft.tree(craft.folder('i', inner), craft.folder('j', inner))
    const before = craft.tree(
      craft.folder('a', shared),
      craft.folder('b', shared),
      craft.file('f', 'shared', { mtime: 1n }),
    )
    const after = craft.tree(craft.folder('a', shared), craft.folder('b', shared))
    const { told, totals, loads } = await compare(craft, repository, before, after)
    expect(told).toEqual(['- /f'])
    // The blob of the file that went is still needed.
    expect(totals.removed).toMatchObject({ files: 1, dataBlobs: 0, treeBlobs: 1 })
    expect([...loads.values()]).toEqual([1, 1, 1, 1])
  })

  it('are compared as far as they can be read', async () => {
    const { repository, craft } = scene()
    const nowhere = Buffer.alloc(32, 7)
    const before = craft.tree(
      craft.folder('broken', craft.rawTree('{"nodes":[')),
      craft.folder('gone', nowhere),
      craft.folder('missing', nowhere),
      craft.file('z', 'one'),
    )
    const after = craft.tree(
      craft.folder('broken', craft.tree(craft.file('a', 'a'))),
      craft.folder('missing', craft.tree()),
      craft.file('z', 'two!'),
    )
    const { told, totals } = await compare(craft, repository, before, after)
    expect(told).toEqual([
      'unreadable /broken/ broken',
      '- /gone/',
      'unreadable /gone/ missing',
      'unreadable /missing/ missing',
      'M /z',
    ])
    expect(totals.removed.unlisted).toBe(1)
  })

  it('share a folder that cannot be read: its blobs may count wrongly, and that is told', async () => {
    const { repository, craft } = scene()
    const lost = craft.folder('lost', Buffer.alloc(32, 7))
    const { told } = await compare(craft, repository, craft.tree(lost), craft.tree(lost, craft.file('f', 'f')))
    expect(told).toEqual(['+ /f', 'uncounted'])
  })
})
