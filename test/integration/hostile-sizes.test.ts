import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type HeaderEntry, initRepository, type Repository, sha256 } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { type CraftedBlob, storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { createCraft } from '../support/crafted-tree.ts'
import { type Ended, runHoldfast } from '../support/holdfast.ts'

const PASSWORD = 'sizes'
const GIB = 2 ** 30
/** All that an index can say. */
const MOST = 2 ** 32 - 1

/** What somebody can do who has the key: everything is sealed as it should be. */
describe('sizes that somebody made up', () => {
  let home = ''
  let repository: Repository
  let env: Record<string, string> = {}
  const at = (...names: string[]): string => join(home, ...names)

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-sizes-'))
    env = { RESTIC_REPOSITORY: at('repository'), RESTIC_PASSWORD: PASSWORD }
    repository = await initRepository(openDirectoryStorage(at('repository')), {
      password: PASSWORD,
      owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    await cheapenKey(at('repository'), PASSWORD)
  })
  afterEach(() => rmSync(home, { recursive: true }))

  /** It ends by itself and tells of no defect. */
  async function holdfast(...args: string[]): Promise<Ended> {
    const ended = await runHoldfast(['repo', ...args], { env })
    expect(ended.stderr).not.toMatch(/RangeError|heap|defect|\bat .*\.(ts|mjs):/)
    expect(ended.code).not.toBeNull()
    return ended
  }

  /** Stores a blob of which the index says `lie`. */
  async function storeLie(blob: CraftedBlob, lie: Partial<HeaderEntry>): Promise<void> {
    const { name, entries } = await storePack(repository, [blob])
    await storeIndex(repository, { name, entries: entries.map((entry) => Object.assign({}, entry, lie)) })
    // As long as the index says.
    if (lie.length !== undefined) truncateSync(at('repository/data', name.slice(0, 2), name), lie.length + 100)
  }

  it.each([
    ['opened', { uncompressedLength: MOST }],
    ['sealed', { length: MOST }],
  ])('a piece of a file of 4 GiB, %s: restore, dump and check name it', async (_title, lie) => {
    const plain = Buffer.from('a piece')
    await storeLie({ type: 'data', plain }, lie)
    const size = BigInt('length' in lie ? MOST - 32 : MOST)
    const id = await storeTreeOf(sha256(plain), size)
    const restored = await holdfast('restore', id, '--target', at('target'), '--sparse')
    expect(restored.code).toBe(1)
    expect(restored.stderr).toContain('it claims to have 4294967295 bytes')
    const dumped = await holdfast('dump', id, '/file')
    expect(dumped.code).toBe(1)
    expect(dumped.stderr).toContain('it claims to have 4294967295 bytes')
    expect((await holdfast('check', '--read-data')).code).toBe(1)
  })

  /** Stores a snapshot of one file. Returns its id. */
  async function storeTreeOf(content: Buffer, size: bigint): Promise<string> {
    const craft = createCraft(repository)
    const tree = craft.tree(craft.file('file', '', { content, size }))
    await craft.store()
    return storeSnapshot(repository, tree.toString('hex'))
  }

  it.each([
    ['opened', { uncompressedLength: MOST }],
    ['sealed', { length: MOST }],
  ])('a folder of 4 GiB, %s: it is named, and what lies beside it is listed', async (_title, lie) => {
    const craft = createCraft(repository)
    const plain = Buffer.from('{"nodes":[]}\n')
    const tree = craft.tree(craft.folder('huge', sha256(plain)), craft.file('small', 'content'))
    await craft.store()
    await storeLie({ type: 'tree', plain }, lie)
    const id = await storeSnapshot(repository, tree.toString('hex'))
    const listed = await holdfast('ls', id)
    expect(listed.code).toBe(3)
    expect(listed.stdout).toContain('/small')
    expect(listed.stderr).toContain('it claims to have 4294967295 bytes')
    for (const command of [['stats'], ['check'], ['check', '--read-data'], ['restore', id, '--target', at('target')]])
      expect((await holdfast(...command)).code).not.toBe(0)
  })

  it('a pack of terabytes that no index names: check says that it was not read', async () => {
    const prefix = at('repository/data/ab')
    mkdirSync(prefix, { recursive: true })
    const pack = join(prefix, 'ab'.repeat(32))
    writeFileSync(pack, '')
    truncateSync(pack, 2 ** 42)
    const { code, stderr } = await holdfast('check', '--read-data')
    expect(code).toBe(1)
    expect(stderr).toMatch(/Pack abababab.*4398046511104 bytes/)
  })

  it.each([
    ['is a bomb', 'cannot be decompressed', () => Buffer.alloc(GIB / 4, ' ')],
    ['has fields without end', 'more than 1000 fields', manyFields],
  ])('a snapshot that %s is named, and the others are listed', async (_title, reason, make) => {
    await storeTreeOf(Buffer.alloc(0), 0n)
    const name = await repository.saveDocument('snapshot', make())
    const { code, stdout, stderr } = await holdfast('snapshots')
    expect(code).toBe(3)
    expect(stderr).toContain(name.slice(0, 8))
    expect(stdout).toContain('/crafted')
    expect((await holdfast('check')).stderr).toContain(reason)
  })

  it.each([
    ['is a bomb', 'more than any that is written otherwise', () => Buffer.alloc(GIB / 4, ' ')],
    ['lists nothing, without end', 'lists more than an index holds', manyPacks],
  ])('an index that %s is named', async (_title, reason, make) => {
    const id = await storeTreeOf(Buffer.alloc(0), 0n)
    const name = await repository.saveDocument('index', make())
    const { code, stderr } = await holdfast('check')
    expect(code).toBe(1)
    expect(stderr).toContain(`Index ${name.slice(0, 8)}`)
    expect(stderr).toContain(reason)
    expect((await holdfast('ls', id)).stderr).toContain(name.slice(0, 8))
  })
})

function manyFields(): Buffer {
  return Buffer.from(`{${Array.from({ length: 100_000 }, (_, at) => `"a${at}":1`).join(',')}}`)
}

function manyPacks(): Buffer {
  return Buffer.from(`{"packs":[${'{},'.repeat(10_000_000)}{}]}`)
}
