import { describe, expect, it } from 'vitest'

import { sha256 } from '../../core/repository/index.ts'
import { checkRepository, namesOf } from '../support/check-repository.ts'
import { storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { useSmallRepository } from '../support/small-repository.ts'

const TIMES = ['mtime', 'atime', 'ctime'].map((time) => `"${time}":"2026-01-01T00:00:00Z"`).join(',')

describe('a check of trees', () => {
  const small = useSmallRepository()

  it('reads a tree though a file before it has it for its content: what that misses is found', async () => {
    const damaged = Buffer.from(
      `{"nodes":[{"name":"damaged","type":"file",${TIMES},"size":42,"content":["${'ab'.repeat(32)}"]}]}\n`,
    )
    const id = sha256(damaged).toString('hex')
    const root = `{"nodes":[{"name":"a","type":"file",${TIMES},"size":${damaged.length},"content":["${id}"]},{"name":"b","type":"dir",${TIMES},"subtree":"${id}"}]}\n`
    const repository = await small.copy()
    await storeIndex(repository, await storePack(repository, [{ type: 'tree', plain: damaged }]))
    await storeIndex(repository, await storePack(repository, [{ type: 'data', plain: damaged }]))
    await storeIndex(repository, await storePack(repository, [{ type: 'tree', plain: Buffer.from(root) }]))
    const snapshot = await storeSnapshot(repository, sha256(Buffer.from(root)).toString('hex'))
    const { findings, affected } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual(['content-missing damaged'])
    expect(affected).toEqual([{ snapshot, path: Buffer.from('/b/damaged'), kind: 'file', andMore: false }])
  })

  it('reads each tree once, however many snapshots and folders need it', async () => {
    const repository = await small.copy()
    const before = (await checkRepository(repository)).checked
    const empty = Buffer.from('{"nodes":[]}\n')
    const folder = (name: string): string =>
      `{"name":"${name}","type":"dir",${TIMES},"subtree":"${sha256(empty).toString('hex')}"}`
    const root = Buffer.from(`{"nodes":[${['a', 'b', 'c'].map(folder).join(',')}]}\n`)
    await storeIndex(
      repository,
      await storePack(
        repository,
        [empty, root].map((plain) => ({ type: 'tree', plain })),
      ),
    )
    for (let at = 0; at < 3; at++) await storeSnapshot(repository, sha256(at < 2 ? root : empty).toString('hex'))
    const { checked } = await checkRepository(repository)
    expect([checked.damages, checked.trees - before.trees]).toEqual([0, 2])
  })
})
