import { existsSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines, startHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeVault, type Vault } from '../support/vault.ts'

interface Shown {
  readonly id: string
  readonly tags?: readonly string[]
  readonly original?: string
}

const repositoryOf = (vault: Vault): Promise<Repository> =>
  openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')

/** From the oldest to the newest. */
async function shown(vault: Vault): Promise<Shown[]> {
  const { stdout } = await vault.holdfast(['snapshots', '--json'])
  return jsonLines(stdout).slice(0, -1) as unknown as Shown[]
}

const tagsIn = async (vault: Vault): Promise<string[]> =>
  (await shown(vault)).map(({ tags = [] }) => tags.toSorted().join(','))

describe('holdfast repo tag', () => {
  let vault: Vault
  beforeEach(async () => {
    vault = await makeVault()
    vault.write('file', 'content')
    await vault.backUp(['--tag', 'one', '--host', 'a'])
    await vault.backUp(['--tag', 'two,three', '--host', 'b'])
  })

  it('gives, takes and sets tags, and every snapshot remembers its first id', async () => {
    const before = await shown(vault)
    const { code, stdout } = await vault.holdfast(['tag', '--add', 'x, y', '--add', 'z', '--remove', 'one'])
    expect(code).toBe(0)
    expect(stdout).toContain('Changed the tags of 2 snapshots.')
    expect(await tagsIn(vault)).toEqual(['x,y,z', 'three,two,x,y,z'])
    await vault.holdfast(['tag', '--set', 'only', 'latest'])
    await vault.holdfast(['tag', '--set', '', '--host', 'a'])
    expect(await tagsIn(vault)).toEqual(['', 'only'])
    expect((await shown(vault)).map(({ original }) => original)).toEqual(before.map(({ id }) => id))
  })

  it('touches only those whose tags change, and says so', async () => {
    const before = await shown(vault)
    const { stdout } = await vault.holdfast(['tag', '--add', 'one', '--json'])
    const after = await shown(vault)
    expect(jsonLines(stdout)).toEqual([
      {
        message_type: 'changed',
        old_snapshot_id: before[1]?.id,
        new_snapshot_id: after[1]?.id,
        tags: expect.anything(),
      },
      { message_type: 'summary', changed_snapshots: 1, left_over: 0, dry_run: false },
    ])
    expect(after[0]).toEqual(before[0])
    const stored = vault.stored()
    const again = await vault.holdfast(['tag', '--add', 'one'])
    expect(again).toMatchObject({ code: 0, stdout: 'Nothing was to be changed: the tags are so already.\n' })
    expect(vault.stored()).toEqual(stored)
  })

  it('changes nothing in a dry run, not even a lock with --no-lock, and shows what would be changed', async () => {
    const stored = vault.stored()
    const { code, stdout } = await vault.holdfast(['tag', '-n', '--no-lock', '--set', 'x', '--tag', 'two'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Snapshot [0-9a-f]{8} would have the tag x, and has the tags two, three\.$/m)
    expect(stdout).toContain('Dry run: the tags of 1 snapshot would be changed. Nothing was changed.')
    expect(vault.stored()).toEqual(stored)
  })

  it('keeps what it does not know in the document byte for byte', async () => {
    const repository = await repositoryOf(vault)
    const head = `{"later":{"a":[1.50]},"time":"2027-02-03T04:05:06+05:30","tree":"${'ab'.repeat(32)}","paths":["/\\u00e9"]`
    const id = await repository.saveDocument('snapshot', Buffer.from(`${head},"hostname":"c","z":  null}`))
    const { stdout } = await vault.holdfast(['tag', '--add', 'x', '--json', id.slice(0, 10)])
    const renamed = String(jsonLines(stdout)[0]?.['new_snapshot_id'])
    expect((await repository.loadDocument('snapshot', renamed)).toString()).toBe(
      `${head},"hostname":"c","z":  null,"tags":["x"],"original":"${id}"}`,
    )
  })

  it.each([
    [['--set', 'a', '--add', 'b'], '--set replaces all tags'],
    [['--set', '', '--remove', 'b'], '--set replaces all tags'],
    [[], 'No tags were given.'],
    [['--add', ' , '], 'No tags were given.'],
    [['--add', 'a', 'ffffffff'], 'No snapshot has an id that begins with "ffffffff".'],
    [['--add', 'a', '--no-lock'], '--no-lock was given without --dry-run.'],
  ])('refuses %j, and changes nothing', async (args, why) => {
    const snapshots = await shown(vault)
    const { code, stderr } = await vault.holdfast(['tag', ...args])
    expect(code).toBe(1)
    expect(stderr).toContain(why)
    expect(stderr).toContain('Nothing was changed.')
    expect(await shown(vault)).toEqual(snapshots)
  })

  it('says that there is nothing to be tagged', async () => {
    expect((await vault.holdfast(['tag', '--add', 'x', '--host', 'nobody'])).stdout).toBe(
      'No snapshot is meant by these options; there are others.\n',
    )
    const empty = await makeVault()
    expect(await empty.holdfast(['tag', '--add', 'x'])).toMatchObject({
      code: 0,
      stdout: 'There are no snapshots yet. `holdfast repo backup` makes one.\n',
    })
  })

  it('loses no snapshot when it is killed, and again leaves one of each', async () => {
    const snapshots = join(vault.path, 'snapshots')
    for (const killAt of [1, 2, 3, 4]) {
      const tag = `round${killAt}`
      const child = startHoldfast(['repo', 'tag', '--set', tag], { env: vault.env })
      let changes = 0
      const watcher = watch(snapshots, () => void (++changes === killAt && child.kill('SIGKILL')))
      await new Promise((resolve) => child.once('close', resolve))
      watcher.close()
      expect(new Set((await shown(vault)).map(({ original, id }) => original ?? id)).size).toBe(2)
      await vault.holdfast(['unlock', '--remove-all'])
      expect((await vault.holdfast(['tag', '--set', tag])).code).toBe(0)
      expect(await tagsIn(vault)).toEqual([tag, tag])
    }
    expect(existsSync(join(vault.path, 'locks')) ? readdirSync(join(vault.path, 'locks')) : []).toEqual([])
  })
})

const withoutOrigin = (bytes: Buffer): string => bytes.toString().replace(/"original":"\w+"/, '"original":""')

describeWith(['restic'], 'tags of holdfast and of restic', () => {
  it('are each other’s: restic changes ours, and Holdfast restic’s', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    await vault.backUp(['--tag', 'ours'])
    vault.restic('backup', vault.source, '--tag', 'theirs')
    const ids = (await shown(vault)).map(({ id }) => id)
    vault.restic('tag', '--add', 'by-restic')
    expect((await vault.holdfast(['tag', '--add', 'by-holdfast', '--remove', 'ours,theirs'])).code).toBe(0)
    const theirs = JSON.parse(vault.restic('snapshots', '--json')) as Shown[]
    expect(theirs.map(({ tags }) => tags)).toEqual([
      ['by-restic', 'by-holdfast'],
      ['by-restic', 'by-holdfast'],
    ])
    expect(theirs.map(({ original }) => original)).toEqual(ids)
    vault.restic('tag', '--remove', 'by-holdfast')
    expect(await tagsIn(vault)).toEqual(['by-restic', 'by-restic'])
    expect((await shown(vault)).map(({ original }) => original)).toEqual(ids)
    expect(vault.restic('check')).toContain('no errors were found')
  })

  it('leave the very document that restic’s leave', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    vault.restic('backup', vault.source, '--tag', 'a', '--exclude', '<x>')
    const [first] = await shown(vault)
    const repository = await repositoryOf(vault)
    const plain = await repository.loadDocument('snapshot', first?.id ?? '')
    await vault.holdfast(['tag', '--add', 'b'])
    const ours = await repository.loadDocument('snapshot', (await shown(vault))[0]?.id ?? '')
    // The same once more, from the same document, by restic.
    await vault.holdfast(['forget', 'latest', '--quiet'])
    await repository.saveDocument('snapshot', plain)
    vault.restic('tag', '--add', 'b')
    const theirs = await repository.loadDocument('snapshot', (await shown(vault))[0]?.id ?? '')
    expect(withoutOrigin(ours)).toBe(withoutOrigin(theirs))
  })
})
