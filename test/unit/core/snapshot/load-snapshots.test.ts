import { beforeEach, describe, expect, it } from 'vitest'

import { isCode } from '../../../../core/base/index.ts'
import type { Repository } from '../../../../core/repository/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../../../core/snapshot/index.ts'
import { makeRepositories } from '../../../support/made-repository.ts'

const MIB = 1024 * 1024

const newRepository = await makeRepositories()

describe('reading all snapshots', () => {
  let repository: Repository
  beforeEach(() => {
    repository = newRepository()
  })

  function store(hostname: string, paths: readonly string[], more = ''): Promise<string> {
    const head = `{"time":"2026-02-03T04:05:06Z","tree":"${'ab'.repeat(32)}","hostname":"${hostname}"`
    return repository.saveDocument('snapshot', Buffer.from(`${head},"paths":${JSON.stringify(paths)}${more}}`))
  }

  /** Some kilobytes that are 600 MiB. */
  async function storeHuge(): Promise<void> {
    const future = `,"future":"${'a'.repeat(60 * MIB)}"`
    for (let host = 0; host < 10; host++) await store(`host ${host}`, ['/a'], future)
  }

  async function load(keeps?: (snapshot: StoredSnapshot) => boolean): Promise<{ held: number; unread: unknown[] }> {
    const unread: unknown[] = []
    const snapshots = await loadSnapshots(repository, { keeps, onUnreadable: (_, error) => unread.push(error) })
    return { held: snapshots.length, unread }
  }

  it('holds no more than half a gibibyte of them, and tells which it leaves out', async () => {
    await storeHuge()
    const { held, unread } = await load()
    expect([held, unread.length]).toEqual([8, 2])
    expect(unread.every((error) => isCode(error, 'repository/unsupported'))).toBe(true)
  })

  it('lets go at once of what nobody wants', async () => {
    await storeHuge()
    const seen: string[] = []
    const { held, unread } = await load(({ hostname }) => seen.push(hostname) < 0)
    expect([held, unread]).toEqual([0, []])
    expect(seen).toHaveLength(10)
  })

  it('keeps a long list that many have once', async () => {
    const paths = Array.from({ length: 1000 }, (_, at) => `/home/${at}`)
    for (let host = 0; host < 3; host++) await store(`host ${host}`, paths)
    await store('another', paths.with(500, '/elsewhere'))
    const snapshots = await loadSnapshots(repository)
    expect(new Set(snapshots.map((snapshot) => snapshot.paths)).size).toBe(2)
    expect(snapshots.filter((snapshot) => snapshot.paths.includes('/home/500'))).toHaveLength(3)
  })
})
