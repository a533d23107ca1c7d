import { expect, it } from 'vitest'

import { readInventory } from '../../../../../core/maintenance/inventory/read-inventory.ts'
import { replaceIndexFiles } from '../../../../../core/maintenance/listing/replace-index-files.ts'
import { newWaitNote, readIndexFiles } from '../../../../../core/repository/index.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const GONE = 'aa'.repeat(32)
const WAITING = 'bb'.repeat(32)
const NOW = Date.parse('2026-11-22T00:00:00Z')

it.each(['"soon"', '7', '"2026-99-99T00:00:00Z"'])(
  'lets a pack wait from now on whose time of waiting cannot be read: %s',
  async (time) => {
    const repository = (await makeRepositories())()
    const text = `{"packs":[{"id":"${GONE}","blobs":[]}],"packs_to_delete":[{"id":"${WAITING}","blobs":[],"time":${time}}]}`
    await repository.saveDocument('index', Buffer.from(text))
    await replaceIndexFiles(repository, {
      listingOf: (id) => (id.toString('hex') === GONE ? { state: 'gone' } : undefined),
      clock: { now: () => NOW, monotonic: () => 0 },
    })
    const said: unknown[] = []
    for await (const { content } of readIndexFiles(repository.storage, repository.sealer)) {
      said.push(content.packCount, content.waiting?.content.packId(0).toString('hex'), content.waiting?.notes)
    }
    expect(said).toEqual([0, WAITING, [{ since: NOW, grace: Number.NaN, countedFrom: Number.NaN }]])
  },
)

it('notes of a pack what promises more, where two files note it and both are written anew', async () => {
  const repository = (await makeRepositories())()
  const since = NOW - 1000
  for (const grace of [2, 48, 7]) {
    const note = `{"id":"${WAITING}","blobs":[],"time":"${new Date(since).toISOString()}","grace_seconds":${grace}}`
    const text = `{"packs":[{"id":"${GONE}","blobs":[]}],"packs_to_delete":[${note}]}`
    await repository.saveDocument('index', Buffer.from(text))
  }
  await replaceIndexFiles(repository, {
    listingOf: (id) => (id.toString('hex') === GONE ? { state: 'gone' } : undefined),
  })
  const { waiting } = await readInventory(repository)
  expect([...waiting]).toEqual([[WAITING, newWaitNote(since, 48_000)]])
})

it('keeps what a pack holds that waits, where another file notes it without', async () => {
  const repository = (await makeRepositories())()
  const blob = `{"id":"${'cc'.repeat(32)}","type":"data","offset":0,"length":100}`
  const noted = (blobs: string): string =>
    `{"id":"${WAITING}","blobs":[${blobs}],"time":"${new Date(NOW).toISOString()}","grace_seconds":7}`
  for (const blobs of ['', blob, '']) {
    // Each file is another one, whose name nobody can foresee.
    const text = `{"packs":[{"id":"${GONE}","blobs":[]}],"packs_to_delete":[${noted(blobs)}],"salt":"${Math.random()}"}`
    await repository.saveDocument('index', Buffer.from(text))
  }
  await replaceIndexFiles(repository, {
    listingOf: (id) => (id.toString('hex') === GONE ? { state: 'gone' } : undefined),
  })
  const { index, ledger } = await readInventory(repository, { withWaiting: true })
  expect(ledger.entriesOf(ledger.find(Buffer.from(WAITING, 'hex')))).toHaveLength(1)
  expect(index.count).toBe(1)
})

it.each([
  ['none', ''],
  ['a negative one', ',"grace_seconds":-1'],
])('takes %s for a week beside a shorter grace, and notes that', async (_what, none) => {
  const repository = (await makeRepositories())()
  for (const grace of [none, ',"grace_seconds":1']) {
    const note = `{"id":"${WAITING}","blobs":[],"time":"${new Date(NOW).toISOString()}"${grace}}`
    await repository.saveDocument('index', Buffer.from(`{"packs":[],"packs_to_delete":[${note}]}`))
  }
  const { waiting } = await readInventory(repository)
  expect([...waiting]).toEqual([[WAITING, newWaitNote(NOW, 7 * 86_400_000)]])
})

it('notes of a pack that is set aside that the next prune may remove it', async () => {
  const repository = (await makeRepositories())()
  await repository.saveDocument('index', Buffer.from(`{"packs":[{"id":"${GONE}","blobs":[]}]}`))
  await replaceIndexFiles(repository, { listingOf: () => ({ state: 'set-aside', since: NOW }) })
  const { waiting } = await readInventory(repository)
  expect([...waiting]).toEqual([[GONE, newWaitNote(NOW, 0)]])
})
