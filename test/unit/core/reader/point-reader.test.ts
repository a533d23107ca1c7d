import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { type PointReader, type Reach, startPointReader } from '../../../../core/reader/index.ts'
import { openRepository } from '../../../../core/repository/index.ts'
import { encodeSnapshot } from '../../../../core/snapshot/index.ts'
import { openPlace } from '../../../../core/vault/index.ts'
import { cheapenKey } from '../../../support/cheap-key.ts'
import { createCraft } from '../../../support/crafted-tree.ts'
import { FLAT, flatName, type LargeVault, makeLargeVault } from '../../../support/large-vault.ts'
import { sampleSnapshot } from '../../../support/sample-snapshot.ts'
import { createStopReader, type StopReader } from '../../../support/stop-reader.ts'

const ALL: Reach = { user: { isAdministrator: true, roots: null }, dataFolder: Buffer.from('/nowhere') }

describe('a reader', () => {
  let root: string
  let vault: LargeVault
  let stop: StopReader
  let reader: PointReader

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-reader-'))
    vault = await makeLargeVault(join(root, 'vault'), 300)
    await cheapenKey(vault.path, vault.password)
  })
  afterAll(() => rm(root, { recursive: true }))

  const start = (change: { readonly path?: string; readonly password?: string } = {}): PointReader => {
    const { path, password } = { ...vault, ...change }
    return startPointReader({ store: { place: { kind: 'directory', path } }, password, start: stop.start })
  }
  beforeEach(() => {
    stop = createStopReader()
    reader = start()
  })
  afterEach(async () => {
    stop.want('goOn')
    await reader.end()
  })

  const page = (options?: { readonly signal?: AbortSignal }, path = FLAT) =>
    reader.list({ snapshotId: vault.snapshotId, path: Buffer.from(path), limit: 2, reach: ALL }, options)

  it('looks into a folder, part by part', async () => {
    const first = await page()
    expect(first.entries).toMatchObject([
      { name: flatName(0), path: `${FLAT}/${flatName(0)}`, type: 'file', size: 1_000_000n, owner: 'anna' },
      { name: flatName(1) },
    ])
    const asked = { snapshotId: vault.snapshotId, path: Buffer.from(FLAT), limit: 500, reach: ALL }
    const rest = await reader.list({ ...asked, after: first.next })
    expect([rest.entries.length, rest.entries[0]?.name, rest.next]).toEqual([298, flatName(2), undefined])
  })

  it('tells what fails in its thread as it would be told without: by its code, with what to do', async () => {
    await expect(page({}, '/none')).rejects.toMatchObject({
      code: 'object/not-found',
      message: 'The recovery point has no /none.',
      remedy: 'Look at the folders above it. Another recovery point may have it.',
      context: { snapshot: vault.snapshotId },
    })
    await expect(page({}, `${FLAT}/${flatName(7)}`)).rejects.toMatchObject({ code: 'input/invalid' })
    expect(reader.isUsable).toBe(true)
  })

  it('tells why a vault cannot be opened, each time, and opens it once that is mended', async () => {
    await reader.end()
    reader = start({ password: 'wrong' })
    for (let time = 0; time < 2; time++)
      await expect(page()).rejects.toMatchObject({ code: 'repository/wrong-password' })
    await reader.end()
    reader = start({ path: join(root, 'late') })
    await expect(page()).rejects.toMatchObject({ code: 'repository/not-found' })
    const { snapshotId } = await makeLargeVault(join(root, 'late'), 1)
    const late = await reader.list({ snapshotId, path: Buffer.from(FLAT), limit: 2, reach: ALL })
    expect(late.entries).toHaveLength(1)
  })

  it('that breaks down says so to all who wait, and to whoever asks it again; another one takes its place', async () => {
    stop.want('crash')
    const both = await Promise.allSettled([page(), page({}, '/')])
    for (const one of both) {
      expect(one).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'internal/defect',
          retryable: true,
          safety: expect.stringContaining('Nothing was changed') as string,
        },
      })
    }
    expect(reader.isUsable).toBe(false)
    await expect(page()).rejects.toMatchObject({ code: 'internal/defect' })
    stop.want('goOn')
    reader = start()
    expect((await page()).entries).toHaveLength(2)
  })

  const search = (options?: { readonly signal?: AbortSignal }, asker = 'anna') =>
    reader.find(
      { asker, snapshotId: vault.snapshotId, path: Buffer.from('/'), pattern: '*', limit: 1, skip: 0, reach: ALL },
      options,
    )

  it('stops what nobody waits for any more, and has room for others again', async () => {
    stop.want('wait')
    const cancelled = new AbortController()
    const { signal } = cancelled
    const going = [page({ signal }), ...Array.from({ length: 22 }, (_, asker) => search({ signal }, String(asker)))]
    await stop.reached()
    await expect(search()).rejects.toMatchObject({ code: 'service/busy', retryable: true })
    expect(reader.isIdle).toBe(false)
    cancelled.abort(new Error('the page was closed'))
    for (const one of going) await expect(one).rejects.toThrow('the page was closed')
    expect(reader.isIdle).toBe(true)
    // None of those that were cancelled is in its way, though what they waited for is not there yet.
    const next = Array.from({ length: 22 }, (_, asker) => search({}, String(asker)))
    await expect(search()).rejects.toMatchObject({ code: 'service/busy' })
    stop.want('goOn')
    for (const one of next) expect((await one).entries).toHaveLength(1)
  })

  it('lets nobody search so much at once that others have to wait for him', async () => {
    stop.want('wait')
    const his = Array.from({ length: 5 }, () => search({}, 'otto'))
    await stop.reached()
    await expect(search({}, 'otto')).rejects.toMatchObject({
      code: 'service/busy',
      message: expect.stringMatching(/yours/),
    })
    const hers = search({}, 'anna')
    stop.want('goOn')
    for (const one of [...his, hers]) expect((await one).entries).toHaveLength(1)
  })

  it('stops reading what somebody takes no more of', async () => {
    const place = join(root, 'taken')
    await makeLargeVault(place, 1)
    const { snapshotId } = await addSnapshot(place, vault.password, 'taken')
    await reader.end()
    reader = start({ path: place })
    await reader.facts({ snapshotId, path: Buffer.from('/taken.txt') })
    stop.want('wait')
    const cancelled = new AbortController()
    const taken = textOf(reader.stream({ snapshotId, path: Buffer.from('/taken.txt') }, { signal: cancelled.signal }))
    await stop.reached()
    cancelled.abort(new Error('the browser was closed'))
    await expect(taken).rejects.toThrow('the browser was closed')
    await stop.aborted()
    expect(reader.isIdle).toBe(true)
  })

  it('ends while something is under way: that is refused, and the thread goes by itself', async () => {
    stop.want('wait')
    const going = page()
    await stop.reached()
    const code = new Promise((resolve) => stop.threads[0]?.once('exit', resolve))
    const end = reader.end()
    await expect(going).rejects.toMatchObject({ code: 'service/unavailable' })
    await end
    expect(await code).toBe(0)
    await stop.aborted()
    await expect(page()).rejects.toMatchObject({ code: 'service/unavailable' })
  })

  it('refuses more than it will ever come to', async () => {
    stop.want('sleep')
    const first = page()
    await stop.reached()
    const waiting = Array.from({ length: 99 }, () => page())
    await expect(page()).rejects.toMatchObject({ code: 'service/busy', retryable: true })
    stop.want('goOn')
    await Promise.all([first, ...waiting])
  })

  it('finds what was stored since only once it was renewed', async () => {
    const place = join(root, 'changed')
    await makeLargeVault(place, 1)
    await reader.end()
    reader = start({ path: place })
    const sum = (snapshotId: string) =>
      reader.sum({ asker: 'anna', snapshotId, paths: [Buffer.from('/')], mostFiles: 0 })
    const { snapshotId } = await addSnapshot(place, vault.password, 'added')
    await sum(snapshotId)
    const later = await addSnapshot(place, vault.password, 'added later')
    // What cannot be read is passed over.
    expect(await sum(later.snapshotId)).toMatchObject({ files: 0 })
    reader.renew()
    expect(await sum(later.snapshotId)).toMatchObject({ files: 1 })
  })

  it('gives the content of a file, and of a folder, as it is taken; whoever stops keeps nothing busy', async () => {
    const place = join(root, 'content')
    await makeLargeVault(place, 1)
    const { snapshotId } = await addSnapshot(place, vault.password, 'content')
    await reader.end()
    reader = start({ path: place })
    const asked = { snapshotId, path: Buffer.from('/content.txt') }
    expect(await reader.facts(asked)).toMatchObject({ type: 'file', size: 7n })
    expect(await textOf(reader.stream(asked))).toBe('content')
    const archive = await textOf(reader.stream({ snapshotId, path: Buffer.from('/') }))
    expect(archive).toContain('content.txt')
    expect(reader.isIdle).toBe(true)
    for await (const piece of reader.stream(asked)) {
      expect(piece.length).toBeGreaterThan(0)
      expect(reader.isIdle).toBe(false)
      break
    }
    expect(reader.isIdle).toBe(true)
    await expect(textOf(reader.stream({ ...asked, path: Buffer.from('/none') }))).rejects.toMatchObject({
      code: 'object/not-found',
    })
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(textOf(reader.stream(asked, { signal: gone }))).rejects.toThrow('gone')
    expect(reader.isIdle).toBe(true)
  })

  it('breaks a stream off where its thread does: a part is never taken for the whole', async () => {
    const place = join(root, 'broken')
    await makeLargeVault(place, 1)
    const { snapshotId } = await addSnapshot(place, vault.password, 'broken')
    await reader.end()
    reader = start({ path: place })
    await reader.facts({ snapshotId, path: Buffer.from('/broken.txt') })
    stop.want('crash')
    await expect(textOf(reader.stream({ snapshotId, path: Buffer.from('/broken.txt') }))).rejects.toMatchObject({
      code: 'internal/defect',
    })
  })
})

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** A snapshot of one file with this content, which is its name, too. */
async function addSnapshot(path: string, password: string, content: string): Promise<{ readonly snapshotId: string }> {
  const repository = await openRepository(openPlace({ kind: 'directory', path }).storage, Buffer.from(password))
  const craft = createCraft(repository)
  const tree = craft.tree(craft.file(`${content}.txt`, content)).toString('hex')
  await craft.store()
  return { snapshotId: await repository.saveDocument('snapshot', encodeSnapshot(sampleSnapshot({ tree }))) }
}
