import { existsSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { goModeFromUnix, type Node } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { type Craft, craftNode, createCraft } from '../support/crafted-tree.ts'
import { makeImageVault } from '../support/image-vault.ts'
import { firstDifference, makeDisk } from '../support/raw-disk.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

/** What is not as it should be. */
interface Odd {
  readonly document?: string | object
  readonly extents?: (craft: Craft, extent: Buffer) => readonly Node[]
  readonly flat?: (craft: Craft, ids: Buffer) => Node
  readonly disk?: (craft: Craft, nodes: readonly Node[]) => readonly Node[]
}

const BLOCK = Buffer.alloc(MIB, 'a block ')
const GOOD = { version: 1, bytes: 2 * MIB, blockBytes: MIB, extentBytes: GIB }

/** A disk of two blocks, but for what is odd. */
function craftDisk(craft: Craft, { document = GOOD, extents, flat, disk }: Odd): Buffer {
  const id = craft.data(BLOCK)
  const ids = Buffer.concat([id, id])
  const file = flat?.(craft, ids) ?? craftNode('flat.vmdk', { size: BigInt(2 * MIB), content: ids })
  const extent = craft.tree(file)
  const nodes = [
    craft.file('disk.json', typeof document === 'string' ? document : JSON.stringify(document)),
    craft.folder('extents', craft.tree(...(extents?.(craft, extent) ?? [craft.folder('0001', extent)]))),
  ]
  return craft.tree(craft.folder('disk', craft.tree(...(disk?.(craft, nodes) ?? nodes))))
}

async function store(odd: Odd) {
  const vault = await makeImageVault()
  const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
  const craft = createCraft(repository)
  const tree = craftDisk(craft, odd)
  await craft.store()
  await storeSnapshot(repository, tree.toString('hex'))
  return vault
}

const ODD: readonly (readonly [title: string, odd: Odd, said: string])[] = [
  ['a document of huge numbers', { document: { ...GOOD, bytes: 1e300 } }, 'describes no disk'],
  ['a document of more than there can be', { document: { ...GOOD, bytes: 2 ** 53 - 1 } }, 'describes no disk'],
  ['a document of negative numbers', { document: { ...GOOD, bytes: -1 } }, 'describes no disk'],
  ['a document of more than 512 extents', { document: { ...GOOD, bytes: 513 * GIB } }, 'describes no disk'],
  [
    'a document of an extent of millions of blocks',
    { document: { ...GOOD, blockBytes: MIB / 16, extentBytes: 129 * GIB } },
    'describes no disk',
  ],
  ['a document of blocks of nothing', { document: { ...GOOD, blockBytes: 0 } }, 'describes no disk'],
  ['a document of a later version', { document: { ...GOOD, version: 9 } }, 'is of version 9'],
  ['a document that is no JSON', { document: 'disk' }, 'is no JSON'],
  ['a document of a megabyte', { document: ' '.repeat(MIB) }, 'is too long'],
  ['no extents', { disk: (_craft, nodes) => nodes.slice(0, 1) }, 'is no folder'],
  [
    'a file for extents',
    { disk: (craft, nodes) => [...nodes.slice(0, 1), craft.file('extents', 'x')] },
    'is no folder',
  ],
  ['fewer extents than it says', { document: { ...GOOD, bytes: 2 * GIB } }, 'disk/extents/0002 is not there'],
  [
    'more extents than it says',
    { extents: (craft, extent) => [craft.folder('0001', extent), craft.folder('0002', extent)] },
    'has more than the 1 extents',
  ],
  [
    'extents of other names',
    { extents: (craft, extent) => [craft.folder('1', extent)] },
    'disk/extents/0001 is not there',
  ],
  ['an extent that is a file', { extents: (craft) => [craft.file('0001', 'x')] }, 'is not there, or is no folder'],
  [
    'an extent that is a link',
    { extents: () => [craftNode('0001', { type: 'symlink', linkTarget: Buffer.from('/etc'), content: null })] },
    'is not there, or is no folder',
  ],
  [
    'a link for its bytes',
    { flat: () => craftNode('flat.vmdk', { type: 'symlink', linkTarget: Buffer.from('/dev/sda'), content: null }) },
    'does not hold extent 1',
  ],
  [
    'a folder for its bytes',
    {
      flat: (craft) =>
        craftNode('flat.vmdk', {
          type: 'dir',
          mode: goModeFromUnix(0o040_755),
          subtree: craft.tree(craft.file('x', 'x')),
          content: null,
        }),
    },
    'does not hold extent 1',
  ],
  [
    'too few blocks',
    { flat: (_craft, ids) => craftNode('flat.vmdk', { size: BigInt(2 * MIB), content: ids.subarray(32) }) },
    'does not hold extent 1',
  ],
  [
    'another size',
    { flat: (_craft, ids) => craftNode('flat.vmdk', { size: 2n ** 63n, content: ids }) },
    'does not hold extent 1',
  ],
  [
    'blocks of another length',
    {
      flat: (craft, ids) =>
        craftNode('flat.vmdk', {
          size: BigInt(2 * MIB),
          content: Buffer.concat([ids.subarray(32), craft.data(Buffer.from('short'))]),
        }),
    },
    'Bytes 1048576 to 2097151 of disk disk cannot be restored: it is in no pack',
  ],
  [
    'blocks that are nowhere',
    { flat: () => craftNode('flat.vmdk', { size: BigInt(2 * MIB), content: Buffer.alloc(64, 7) }) },
    'Bytes 0 to 1048575 of disk disk cannot be restored: it is in no pack',
  ],
]

describe('a disk that somebody made up', () => {
  it('is restored where it is as it should be', async () => {
    const vault = await store({})
    expect(await vault.restoreDisk(vault.file('out.raw'), '--verify')).toMatchObject({ code: 0, stderr: '' })
    const disk = makeDisk(vault.file('disk.raw'), 2 * MIB, [
      { offset: 0, bytes: BLOCK },
      { offset: MIB, bytes: BLOCK },
    ])
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
  })

  it.each(ODD)('is refused where it has %s', async (_title, odd, said) => {
    const vault = await store(odd)
    const { code, stderr } = await vault.restoreDisk(vault.file('out.raw'))
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(said) as string })
    expect(stderr).not.toContain('defect')
    expect(existsSync(vault.file('out.raw'))).toBe(false)
  })
})
