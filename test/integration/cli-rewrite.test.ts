import { writeFileSync } from 'node:fs'

import { beforeEach, expect, it } from 'vitest'

import { loadPackHeader, openRepository, sha256 } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { createCraft } from '../support/crafted-tree.ts'
import { jsonLines } from '../support/holdfast.ts'
import { nodeAt } from '../support/node-at.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAtTerminal } from '../support/terminal.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const SECRET_BLOB = sha256(Buffer.from('hush')).toString('hex')

describeWith(['restic'], 'holdfast repo rewrite', () => {
  let vault: Vault
  let first: string
  beforeEach(async () => {
    vault = await makeVault()
    vault.write('keep/a.txt', 'a'.repeat(1000))
    vault.write('keep/b.ISO', 'b'.repeat(2000))
    vault.write('secret/key', 'hush')
    first = String((await vault.backUp(['--tag', 'x'])).summary['snapshot_id'])
    vault.write('keep/c.txt', 'c')
    await vault.backUp()
  })

  interface Listed {
    readonly id: string
    readonly original?: string
    readonly tags?: readonly string[]
    readonly time: string
    readonly tree: string
    readonly summary: Readonly<Record<string, unknown>>
  }

  const snapshots = async (): Promise<Listed[]> =>
    jsonLines((await vault.holdfast(['snapshots', '--json'])).stdout).filter(
      ({ id }) => id !== undefined,
    ) as unknown as Listed[]

  /** The ids of all blobs: of those that an index lists, and of those that lie in packs. */
  async function blobsIn(): Promise<readonly string[]> {
    const repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
    const index = await repository.loadIndex({ purpose: 'read' })
    const ids = Array.from({ length: index.count }, (_, entry) => index.idOf(entry).toString('hex'))
    for await (const { name, size } of repository.storage.list('pack')) {
      const header = await loadPackHeader(repository.storage, repository.sealer, name, size)
      ids.push(...header.map(({ id }) => id.toString('hex')))
    }
    return ids
  }

  it('makes snapshots anew without what fits, and leaves the old ones', async () => {
    const before = await snapshots()
    const { code, stdout } = await vault.holdfast(['rewrite', '--exclude', 'secret', '--iexclude', '*.iso'])
    expect(code).toBe(0)
    expect(stdout).toContain('Made 2 snapshots anew; 0 stay as they are.')
    const after = await snapshots()
    expect(after).toHaveLength(4)
    const renewed = after.filter(({ original }) => original !== undefined)
    expect(renewed.map(({ original }) => String(original)).toSorted()).toEqual(before.map(({ id }) => id).toSorted())
    const ofFirst = renewed.find(({ original }) => original === first)
    expect(ofFirst).toMatchObject({
      tags: ['x', 'rewrite'],
      time: before.find(({ id }) => id === first)?.time,
      summary: { total_files_processed: 1, total_bytes_processed: 1000 },
    })
    expect(await vault.kept(ofFirst?.id)).toEqual(['keep', 'keep/a.txt'])
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
    expect(await vault.kept(first)).toContain('secret/key')
  })

  it('makes what a backup without the same makes, be it of restic', async () => {
    const known = new Set((await snapshots()).map(({ id }) => id))
    await vault.holdfast(['rewrite', '--exclude', 'secret', 'latest'])
    vault.restic('backup', '--quiet', '--force', '--exclude', 'secret', vault.source)
    const [ours, theirs] = (await snapshots()).flatMap(({ id }) => (known.has(id) ? [] : [`${id}:${vault.source}`]))
    const { code, stdout } = await vault.holdfast(['diff', '--metadata', '--json', String(ours), String(theirs)])
    expect(code).toBe(0)
    expect(jsonLines(stdout).map(({ message_type: type }) => type)).toEqual(['statistics'])
  })

  it('changes nothing where nothing fits, and in a dry run', async () => {
    const stored = vault.stored()
    const file = vault.file('patterns')
    writeFileSync(file, 'nowhere\n')
    const none = await vault.holdfast(['rewrite', '--exclude-file', file, '--iexclude-file', file])
    expect(none.stdout).toContain('Nothing is to be done.')
    const dry = await vault.holdfast(['rewrite', '--exclude', 'secret', '--dry-run'])
    expect(dry.stdout).toContain('Dry run: 2 snapshots would be made anew. Nothing was changed.')
    expect(vault.stored()).toEqual(stored)
  })

  it('makes none a second time, and removes the old ones then where that is asked for', async () => {
    await vault.holdfast(['rewrite', '--exclude', 'secret'])
    const made = (await snapshots()).filter(({ original }) => original !== undefined)
    expect(made).toHaveLength(2)
    expect((await vault.holdfast(['rewrite', '--exclude', 'secret'])).code).toBe(0)
    expect(await snapshots()).toHaveLength(4)
    expect((await vault.holdfast(['rewrite', '--exclude', 'secret', '--forget'])).code).toBe(0)
    expect((await snapshots()).map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted())
  })

  it('removes the old snapshots where that is asked for, and prune makes the rest unreadable', async () => {
    expect(await blobsIn()).toContain(SECRET_BLOB)
    const { stdout } = await vault.holdfast(['rewrite', '--json', '--exclude', 'secret', '--forget'])
    expect(jsonLines(stdout).at(-1)).toMatchObject({ changed: 2, unchanged: 0, lost: 0 })
    const left = await snapshots()
    expect(left).toHaveLength(2)
    for (const { id } of left) expect(await vault.kept(id)).not.toContain('secret')
    await vault.holdfast(['prune', '--max-unused', '0'])
    expect(await blobsIn()).not.toContain(SECRET_BLOB)
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
  })

  it('tells how far it is, as `repair snapshots` does: snapshots, folders, and how many of these a second', async () => {
    for (const command of [
      ['rewrite', '--exclude', 'secret', '--dry-run'],
      ['repair', 'snapshots'],
    ]) {
      const { stdout } = await vault.holdfast([...command, '--json'])
      const statuses = jsonLines(stdout).filter(({ message_type: type }) => type === 'status')
      expect(statuses.at(-1)).toEqual({
        message_type: 'status',
        phase: 'snapshots',
        percent_done: 1,
        done: 2,
        total: 2,
        bytes_done: 0,
        bytes_total: 0,
        folders: expect.any(Number) as number,
        per_second: expect.any(Number) as number,
        seconds_remaining: 0,
      })
      expect(statuses.at(-1)?.['folders']).toBeGreaterThan(4)
      const { code, shown } = await runAtTerminal(['repo', ...command], [], vault.env)
      expect(code).toBe(0)
      expect(shown).toMatch(/Going through snapshots {2}100 % {2}2 of 2 {2}\d+ folders {2}[\d,]+\/s {2}0:00 left/)
    }
  })

  it('keeps members of nodes that it does not know, byte for byte', async () => {
    const repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
    const craft = createCraft(repository)
    const known = craft.tree(craft.file('kept', 'kept'))
    const unknown = Buffer.from('"zukunft":{"a": [1.50, null]}')
    const below = craft.tree(craft.file('drop', 'x'), craft.file('kept', 'kept', { unknown }))
    const root = craft.tree(craft.folder('folder', below, { unknown }), craft.folder('other', known, { unknown }))
    await craft.store()
    const id = await storeSnapshot(repository, root.toString('hex'))
    await vault.holdfast(['rewrite', '--exclude', 'drop', id])
    const renewed = (await snapshots()).find(({ original }) => original === id)
    expect(await vault.holdfast(['ls', String(renewed?.id)])).toMatchObject({ code: 0 })
    const tree = Buffer.from(String(renewed?.tree), 'hex')
    for (const path of ['folder', 'folder/kept', 'other']) {
      const node = await nodeAt(repository, tree, path)
      const { subtree: _before, ...before } = await nodeAt(repository, root, path)
      const { subtree: _after, ...after } = node
      expect(after).toEqual(before)
      expect(after.unknown).toEqual(unknown)
    }
    expect(await nodeAt(repository, tree, 'folder/drop').catch(() => 'gone')).toBe('gone')
  })

  it.each([[[]], [['--exclude', '[']], [['--exclude', 'x', '--no-lock']]])('refuses %j', async (args) => {
    const stored = vault.stored()
    const { code, stderr } = await vault.holdfast(['rewrite', ...args])
    expect(code).toBe(1)
    expect(stderr).toMatch(/Nothing was (changed|written|stored|read)/)
    expect(vault.stored()).toEqual(stored)
  })
})
