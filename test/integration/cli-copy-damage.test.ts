import { appendFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import type { BlobIndex, Repository } from '../../core/repository/index.ts'
import { copy, messages, openVault, snapshotsOf } from '../support/copy.ts'
import { storeIndex, storePack } from '../support/craft.ts'
import { flipBlob } from '../support/mixed-pack.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { packPath } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const noise = (seed: number, bytes: number): Buffer => seededChance(seed).fill(Buffer.alloc(bytes))

describeWith(['restic'], 'a copy from a damaged repository', () => {
  let from: Vault
  let to: Vault
  let repository: Repository
  let index: BlobIndex
  let ids: readonly string[]

  /** Three snapshots: one file in the first two, another one in the last two, and what all of them have. */
  beforeEach(async () => {
    from = await makeVault()
    to = await makeVault({ name: 'second' })
    from.write('all', noise(1, 400_000))
    from.write('old/file', noise(2, 300_000))
    const made = [await from.backUp()]
    from.write('young/file', noise(3, 200_000))
    made.push(await from.backUp())
    rmSync(from.at('old'), { recursive: true })
    made.push(await from.backUp())
    ids = made.map(({ summary }) => String(summary['snapshot_id']))
    repository = await openVault(from)
    index = await repository.loadIndex({ purpose: 'read' })
  })

  /** The entry of the data blob of so many bytes, sealed. */
  function dataOf(bytes: number): number {
    for (let entry = 0; entry < index.count; entry++) {
      const { type, length } = index.locate(entry)
      if (type === 'data' && length === bytes + 32) return entry
    }
    throw new Error(`no blob of ${bytes} bytes`)
  }

  const rootOf = (id: string | undefined): number => {
    const tree = snapshotsOf(from).find((snapshot) => snapshot.id === id)?.tree ?? ''
    return index.find('tree', Buffer.from(tree, 'hex'))
  }

  const copied = (): (string | undefined)[] => snapshotsOf(to).map(({ original }) => original)

  async function expectWhole(): Promise<void> {
    expect(to.restic('check', '--read-data')).toContain('no errors were found')
    expect(await to.holdfast(['check', '--read-data'])).toMatchObject({ code: 0 })
  }

  it('leaves out the snapshots that need a damaged blob, names them, and copies the others', async () => {
    flipBlob(from, index, dataOf(300_000))
    const { code, stderr, stdout } = await copy(from, to)
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^1 blob of pack [0-9a-f]{10} of the source cannot be read \(.+\)\. Other copies are looked for\.$/m,
    )
    for (const id of ids.slice(0, 2)) {
      expect(stderr).toMatch(
        new RegExp(`^Snapshot ${id.slice(0, 8)} is not copied, .*file in tree .* misses 1 of its 1 blobs`, 'm'),
      )
    }
    expect(stdout).toMatch(/^Copied 1 snapshot with \d+ blobs, .*; 2 cannot be copied\.$/m)
    expect(copied()).toEqual([ids[2]])
    await expectWhole()
    // Nothing is stored a second time.
    const again = await copy(from, to, '--json')
    expect(again.code).toBe(3)
    expect(messages(again.stdout, 'summary')).toMatchObject([
      { snapshots_copied: 0, snapshots_not_copied: 2, snapshots_passed_over: 1 },
    ])
  })

  it('takes another copy of a damaged blob, and of a damaged folder', async () => {
    const root = rootOf(ids[1])
    const damaged = [dataOf(300_000), root]
    const second = await storePack(
      repository,
      await Promise.all(
        damaged.map(async (entry) => {
          const { type } = index.locate(entry)
          return { type, plain: await repository.loadBlob(index, type, index.idOf(entry)) }
        }),
      ),
    )
    await storeIndex(repository, second)
    // The copies that are found first, whichever that are: index files are read in the order of their names.
    const both = await repository.loadIndex({ purpose: 'read' })
    for (const entry of damaged) flipBlob(from, both, both.find(index.locate(entry).type, index.idOf(entry)))
    const { code, stderr } = await copy(from, to)
    // All of it was copied, but the source is not as it should be.
    expect(code).toBe(3)
    expect(stderr).toContain('Other copies are looked for.')
    expect(copied()).toEqual(ids)
    await expectWhole()
  })

  it('has a blob from the destination that the source has lost', async () => {
    const repaired = await openVault(to)
    await storeIndex(repaired, await storePack(repaired, [{ type: 'data', plain: noise(2, 300_000) }]))
    flipBlob(from, index, dataOf(300_000))
    expect(await copy(from, to)).toMatchObject({ code: 0, stderr: '' })
    expect(copied()).toEqual(ids)
    await expectWhole()
  })

  it('leaves out the snapshot whose folder is damaged, and a dry run says so', async () => {
    flipBlob(from, index, rootOf(ids[1]))
    const dry = await copy(from, to, '--dry-run', '--json')
    expect(dry.code).toBe(3)
    expect(messages(dry.stdout, 'not_copied')).toMatchObject([{ source_snapshot_id: ids[1] }])
    const { code, stderr } = await copy(from, to)
    expect(code).toBe(3)
    expect(stderr).toMatch(new RegExp(`Snapshot ${String(ids[1]).slice(0, 8)} is not copied, .* cannot be read`))
    expect(copied()).toEqual([ids[0], ids[2]])
    await expectWhole()
  })

  it('stores nothing of what only a snapshot needs that is known to be damaged', async () => {
    flipBlob(from, index, rootOf(ids[0]))
    await copy(from, to, String(ids[0]))
    expect(readdirSync(join(to.path, 'index'))).toEqual([])
  })

  it('leaves out what needs a pack that is missing, which a dry run knows', async () => {
    const name = index.packs.idOf(index.locate(dataOf(200_000)).pack).toString('hex')
    rmSync(packPath(from, name))
    const dry = await copy(from, to, '--dry-run', '--json')
    expect(messages(dry.stdout, 'would_copy')).toMatchObject([{ source_snapshot_id: ids[0] }])
    expect((await copy(from, to)).code).toBe(3)
    expect(copied()).toEqual([ids[0]])
    await expectWhole()
  })

  it('leaves out what needs the end of a pack that was cut off', async () => {
    const { truncateSync } = await import('node:fs')
    const { pack, offset } = index.locate(dataOf(300_000))
    truncateSync(packPath(from, index.packs.idOf(pack).toString('hex')), offset + 100)
    expect((await copy(from, to)).code).toBe(3)
    expect(copied()).not.toContain(ids[0])
    await expectWhole()
  })

  it.each(['snapshots', 'index'])('names one of the %s that cannot be read, and copies what it can', async (kind) => {
    const name = kind === 'snapshots' ? String(ids[0]) : String(readdirSync(join(from.path, kind))[0])
    appendFileSync(join(from.path, kind, name), 'x')
    const { code, stderr } = await copy(from, to)
    expect(code).toBe(3)
    expect(stderr).toContain(name.slice(0, 8))
    if (kind === 'snapshots') expect(copied()).toEqual(ids.slice(1))
    await expectWhole()
  })

  it('stores anew what the destination lists and has not', async () => {
    await copy(from, to, String(ids[0]))
    const present = await (await openVault(to)).loadIndex({ purpose: 'read' })
    const entry = present.find('data', index.idOf(dataOf(400_000)))
    rmSync(packPath(to, present.packs.idOf(present.locate(entry).pack).toString('hex')))
    expect(await copy(from, to, String(ids[2]))).toMatchObject({ code: 0 })
    expect(to.restic('dump', 'latest', '/', '--archive', 'tar')).toBe(
      from.restic('dump', 'latest', '/', '--archive', 'tar'),
    )
  })
})
