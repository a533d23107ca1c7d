import { beforeAll, expect, it } from 'vitest'

import { sha256 } from '../../core/repository/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { type BothChecks, checkBesideRestic } from '../support/check-beside-restic.ts'
import { storeSnapshot } from '../support/craft.ts'
import { createCraft } from '../support/crafted-tree.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { PASSWORD, useSmallRepository } from '../support/small-repository.ts'

const CONTENT = Buffer.from('content')
const ID = sha256(CONTENT).toString('hex')
const BELOW = '{"nodes":[]}\n'
const BELOW_ID = sha256(Buffer.from(BELOW)).toString('hex')
const NOWHERE = 'ab'.repeat(32)
const ZEROS = '0'.repeat(64)
const TIMES = ['mtime', 'atime', 'ctime'].map((time) => `"${time}":"2026-01-01T00:00:00Z"`).join(',')

/** A node that a restore can make, but for what is said of it. */
function node(type: string, more = '', name = 'a'): string {
  return `{"name":"${name}","type":"${type}","mode":420,${TIMES},"uid":0,"gid":0${more}}`
}

function file(name: string, more = `,"size":7,"content":["${ID}"]`): string {
  return node('file', more, name)
}

interface Case {
  readonly title: string
  /** The nodes of the tree, or all that is in it. */
  readonly tree: readonly string[] | string
  /** The kind of damage. */
  readonly damage: string
  /** A file that a restore makes, and the check says more of it than the restore does. */
  readonly isRestored?: boolean
}

/** Where restic’s checker says that something is wrong. */
const FOUND_BY_BOTH: readonly Case[] = [
  {
    title: 'a file without a list of its content',
    tree: [file('a', ',"size":7,"content":null')],
    damage: 'node-damaged',
    isRestored: true,
  },
  { title: 'a file with a blob called zero', tree: [file('a', `,"content":["${ZEROS}"]`)], damage: 'content-missing' },
  {
    title: 'a file of which a blob is in no index',
    tree: [file('a', `,"content":["${NOWHERE}"]`)],
    damage: 'content-missing',
  },
  {
    title: 'a file with a blob whose id is too short',
    tree: [file('a', ',"content":["abab"]')],
    damage: 'tree-damaged',
  },
  {
    title: 'a file whose content is a tree',
    tree: [file('a', `,"content":["${BELOW_ID}"]`)],
    damage: 'content-missing',
  },
  { title: 'a folder without a tree', tree: [node('dir')], damage: 'node-damaged' },
  { title: 'a folder with a tree called zero', tree: [node('dir', `,"subtree":"${ZEROS}"`)], damage: 'tree-missing' },
  {
    title: 'a folder whose tree is in no index',
    tree: [node('dir', `,"subtree":"${NOWHERE}"`)],
    damage: 'tree-missing',
  },
  { title: 'a folder whose tree is no id', tree: [node('dir', ',"subtree":"xyz"')], damage: 'node-damaged' },
  { title: 'a folder whose tree is data', tree: [node('dir', `,"subtree":"${ID}"`)], damage: 'tree-missing' },
  { title: 'an entry of a type that nobody knows', tree: [node('door')], damage: 'node-damaged' },
  { title: 'an entry of no type', tree: [node('')], damage: 'node-damaged' },
  { title: 'an entry that is irregular', tree: [node('irregular')], damage: 'node-damaged' },
  { title: 'an entry without a name', tree: [file('')], damage: 'tree-damaged' },
  { title: 'a time that is none', tree: [`{"name":"a","type":"fifo","mtime":"yesterday"}`], damage: 'node-damaged' },
  {
    title: 'a change time that is none',
    tree: [`{"name":"a","type":"fifo","ctime":"yesterday"}`],
    damage: 'node-damaged',
  },
  {
    title: 'a folder with a time that is none',
    tree: [`{"name":"a","type":"dir","mode":2147484141,"mtime":"yesterday","subtree":"${BELOW_ID}"}`],
    damage: 'node-damaged',
  },
  {
    title: 'an attribute that is no base64',
    tree: [node('fifo', ',"extended_attributes":[{"name":"n","value":"!"}]')],
    damage: 'node-damaged',
  },
  { title: 'a number that is none', tree: [`{"name":"a","type":"fifo","uid":-1}`], damage: 'tree-damaged' },
  { title: 'no end', tree: `{"nodes":[${file('a')}`, damage: 'tree-damaged' },
  { title: 'no bytes', tree: '', damage: 'tree-damaged' },
  { title: 'a list', tree: '[]', damage: 'tree-damaged' },
]

/** Where restic 0.14 sees nothing wrong. Each is one that a restore of ours does not make, or not whole, or refuses. */
const FOUND_BY_US: readonly Case[] = [
  { title: 'two entries of one name', tree: [file('a'), file('a')], damage: 'tree-damaged' },
  { title: 'entries in no order', tree: [file('b'), file('a')], damage: 'tree-damaged' },
  { title: 'an entry that lies elsewhere', tree: [file('../a')], damage: 'tree-damaged' },
  { title: 'a link that leads nowhere', tree: [node('symlink')], damage: 'node-damaged' },
  {
    title: 'a link whose bytes are no base64',
    tree: [node('symlink', ',"linktarget":"b","linktarget_raw":"!"')],
    damage: 'node-damaged',
  },
  { title: 'no nodes', tree: '{}', damage: 'tree-damaged' },
]

describeWith(['restic'], 'a check of a tree that somebody made up', () => {
  const small = useSmallRepository()
  beforeAll(() => cheapenKey(small.location, PASSWORD))

  /** What both checks say while one snapshot has this tree. What ours calls lost is what a restore does not bring back. */
  async function judge({ tree, isRestored = false }: Case): Promise<Omit<BothChecks, 'lost'>> {
    const { repository } = small
    const craft = createCraft(repository)
    craft.data(CONTENT)
    craft.rawTree(BELOW)
    const id = craft.rawTree(typeof tree === 'string' ? tree : `{"nodes":[${tree.join(',')}]}\n`)
    await craft.store()
    const snapshot = await storeSnapshot(repository, id.toString('hex'))
    const { lost, ...said } = await checkBesideRestic(small.location, PASSWORD)
    const restored = await restoreRepository(repository, snapshot, small.home)
    await repository.storage.remove({ kind: 'snapshot', name: snapshot })
    if (!isRestored) expect(lost).toEqual(restored.lost)
    return said
  }

  it('finds nothing wrong with one that is as it should be, as restic does', async () => {
    const tree = [file('a'), node('dir', `,"subtree":"${BELOW_ID}"`, 'b'), node('symlink', ',"linktarget":"a"', 'c')]
    expect(await judge({ title: '', tree, damage: '' })).toEqual({ restic: 0, damage: [], hints: [] })
  })

  it.each(FOUND_BY_BOTH)('finds $title, as restic does', async (each) => {
    expect(await judge(each)).toMatchObject({ restic: 1, damage: [each.damage] })
  })

  it.each(FOUND_BY_US)('finds $title, which restic passes over', async (each) => {
    expect(await judge(each)).toMatchObject({ restic: 0, damage: [each.damage] })
  })
})
