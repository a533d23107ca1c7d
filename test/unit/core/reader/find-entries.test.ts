import { beforeAll, describe, expect, it } from 'vitest'

import type { FindAsked, Reach } from '../../../../core/reader/index.ts'
import { findEntries } from '../../../../core/reader/worker/find-entries.ts'
import { listFolder } from '../../../../core/reader/worker/list-folder.ts'
import { createOpenVault, type OpenVault } from '../../../../core/reader/worker/open-vault.ts'
import { sumUp } from '../../../../core/reader/worker/sum-up.ts'
import { initRepository } from '../../../../core/repository/index.ts'
import { encodeSnapshot } from '../../../../core/snapshot/index.ts'
import { openMemoryStorage } from '../../../../core/storage/index.ts'
import { createCraft } from '../../../support/crafted-tree.ts'
import { sampleSnapshot } from '../../../support/sample-snapshot.ts'

const ALL: Reach = { user: { isAdministrator: true, roots: null }, dataFolder: Buffer.from('/var/lib/holdfast') }
const path = (text: string): Buffer => Buffer.from(text)

describe('a recovery point', () => {
  let vault: OpenVault
  let snapshotId: string

  beforeAll(async () => {
    const storage = openMemoryStorage()
    const repository = await initRepository(storage, {
      password: 'made',
      owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    const craft = createCraft(repository)
    const file = (name: string) => craft.file(name, name)
    const inner = craft.tree(file('note-1'), file('note-2'), file('other'))
    // A folder whose name fits, one whose name another one begins with, and files before, between and behind them.
    const home = craft.tree(
      file('a-note'),
      craft.folder('note', inner),
      file('note-0'),
      craft.folder('note-more', inner),
      file('z-note'),
    )
    const etc = craft.tree(file('note-of-the-system'))
    const root = craft.tree(craft.folder('etc', etc), craft.folder('home', home), file('note'))
    await craft.store()
    snapshotId = await repository.saveDocument(
      'snapshot',
      encodeSnapshot(sampleSnapshot({ tree: root.toString('hex') })),
    )
    vault = createOpenVault(storage, Buffer.from('made'), {})
  })

  const FITTING = [
    '/etc/note-of-the-system',
    '/home/a-note',
    '/home/note',
    '/home/note/note-1',
    '/home/note/note-2',
    '/home/note-0',
    '/home/note-more',
    '/home/note-more/note-1',
    '/home/note-more/note-2',
    '/home/z-note',
    '/note',
  ]
  const find = (asked: Partial<FindAsked>) =>
    findEntries(
      vault,
      { asker: 'anna', snapshotId, path: path('/'), pattern: '*note*', limit: 50, skip: 0, reach: ALL, ...asked },
      {},
    )

  const list = (reach: Reach, at: string, limit: number, after?: string) =>
    listFolder(vault, { snapshotId, path: path(at), limit, reach, ...(after && { after: path(after) }) }, {})

  it('is searched in the order of a walk, and says at how many entries it looked', async () => {
    const found = await find({})
    expect(found.entries.map((entry) => entry.path)).toEqual(FITTING)
    expect(found).toMatchObject({ next: undefined, looked: 15 })
  })

  it.each([1, 2, 3, 5, 10, 11])('is searched in parts of %i, which are the whole', async (limit) => {
    const paths: string[] = []
    let looked = 0
    let after: Uint8Array | undefined
    do {
      const found = await find({ limit, after })
      expect(found.entries.length).toBeLessThanOrEqual(limit)
      paths.push(...found.entries.map((entry) => entry.path))
      expect(paths).toEqual(FITTING.slice(0, paths.length))
      looked += found.looked
      after = found.next
    } while (after)
    expect(paths).toEqual(FITTING)
    expect(looked).toBe(15)
  })

  it('is searched behind a place, but for so many that fit', async () => {
    const found = await find({ after: path('/home/note'), skip: 2, limit: 3 })
    expect(found.entries.map((entry) => entry.path)).toEqual(FITTING.slice(5, 8))
  })

  it('is searched below a folder alone, also in parts', async () => {
    const whole = await find({ path: path('/home/note') })
    expect(whole.entries.map((entry) => entry.path)).toEqual(['/home/note/note-1', '/home/note/note-2'])
    const part = await find({ path: path('/home/note'), after: path('/home/note/note-1') })
    expect(part.entries.map((entry) => entry.path)).toEqual(['/home/note/note-2'])
    await expect(find({ path: path('/note') })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(find({ path: path('/none') })).rejects.toMatchObject({ code: 'object/not-found' })
  })

  it('shows a user who may not see all of it what he may, in searches and in lists (roots, and not the system)', async () => {
    const some: Reach = { ...ALL, user: { isAdministrator: false, roots: ['/home/note', '/home/z-note'] } }
    const found = await find({ reach: some })
    expect(found.entries.map((entry) => entry.path)).toEqual([
      '/home/note',
      '/home/note/note-1',
      '/home/note/note-2',
      '/home/z-note',
    ])
    const nobody: Reach = { ...ALL, user: { isAdministrator: false, roots: null } }
    expect((await find({ reach: nobody })).entries.map((entry) => entry.path)).toEqual(FITTING.slice(1))
    expect((await list(some, '/', 50)).entries.map(({ name }) => name)).toEqual(['home'])
    const first = await list(some, '/home', 1)
    expect([first.entries.map(({ name }) => name), Buffer.from(first.next ?? []).toString()]).toEqual([
      ['note'],
      'note',
    ])
    const second = await list(some, '/home', 1, 'note')
    expect([second.entries.map(({ name }) => name), second.next]).toEqual([['z-note'], undefined])
  })

  it('is summed up by what is wanted of it', async () => {
    const asked = { asker: 'anna', snapshotId, paths: [path('/home/note'), path('/note')], mostFiles: 2 }
    const { first, ...sums } = await sumUp(vault, asked, {})
    expect(sums).toEqual({ files: 4, folders: 1, bytes: 'note-1note-2othernote'.length })
    expect(first.map((each) => Buffer.from(each).toString())).toEqual(['/home/note/note-1', '/home/note/note-2'])
  })
})
