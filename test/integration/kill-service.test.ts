import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { sleep } from '../../core/base/index.ts'
import type { Run } from '../../core/contract/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { SEED } from '../support/seed.ts'
import { seededBytes, seededChance } from '../support/seeded-chance.ts'
import { processKey, type ServiceClient, startClient } from '../support/service-client.ts'
import { startService } from '../support/service.ts'

const PASSWORD = 'correct horse battery'
/** Of each round so long at most, where nothing else ends it. Milliseconds. */
const LONGEST = 4000

/** What is asked for beside backups, one in each round. */
const KINDS = ['prune', 'restore', 'delete', 'catalog-backup', 'check', 'forget']

interface Snapshot {
  readonly id: string
  readonly tags: readonly string[]
}

describeWith(['restic'], `a service that is killed ${KILLS} times with runs in flight (HOLDFAST_SEED=${SEED})`, () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-kill-service-'))
  const [data, vault] = [join(root, 'data'), join(root, 'vault')]
  const chance = seededChance(SEED)
  const sets: string[] = []
  /** Runs whose success the API has told, and the points that they made. */
  const acknowledged = new Map<string, Run>()
  /** Points that somebody wanted gone. */
  const forgotten = new Set<string>()
  let token = ''
  let vaultId = ''
  let vaultPassword = ''

  function restic(...args: string[]): string {
    const env = { ...process.env, RESTIC_PASSWORD: vaultPassword }
    // Not to mind locks: restic would refuse the one that a killed run left.
    return execFileSync('restic', ['-r', vault, '--no-cache', '--no-lock', ...args], { env, encoding: 'utf8' })
  }

  function change(set: number): void {
    for (let file = 0; file < 4; file++) {
      const bytes = seededBytes(chance.below(2 ** 31), chance.below(600_000))
      writeFileSync(join(root, `source-${set}`, `file-${chance.below(20)}`), bytes)
    }
  }

  beforeAll(async () => {
    await using service = await startService(data)
    await service.enter('admin', PASSWORD)
    const make = async <T>(path: string, body: unknown): Promise<T> => {
      const { status, body: told } = await service.api('POST', path, body)
      if (status >= 300) throw new Error(`${path}: ${JSON.stringify(told)}`)
      return told as T
    }
    const access = ['view', 'browse', 'restore', 'operate', 'configure', 'administer']
    token = (await make<{ secret: string }>('/tokens', { name: 'test', access })).secret
    vaultId = (await make<{ id: string }>('/vaults', { name: 'first', location: { kind: 'directory', path: vault } }))
      .id
    const kit = await make<{ text: string }>(`/vaults/${vaultId}/kit`, { password: PASSWORD })
    vaultPassword = /^Password: +(\S+)$/m.exec(kit.text)?.[1] ?? ''
    await cheapenKey(vault, vaultPassword)
    const { id: policyId } = await make<{ id: string }>('/policies', {
      name: 'by hand',
      settings: {
        schedule: { timeZone: 'UTC', rules: [] },
        retention: { days: 30, weeks: 0, months: 0, years: 0 },
        retries: { attempts: 4, firstDelayMinutes: 1 },
        verifyEveryDays: null,
      },
    })
    for (const set of [0, 1, 2]) {
      mkdirSync(join(root, `source-${set}`))
      change(set)
      const settings = { kind: 'file-server', host: `host-${set}` }
      const { id: sourceId } = await make<{ id: string }>('/sources', { name: `source-${set}`, settings })
      const content = {
        roots: [join(root, `source-${set}`)],
        excludes: [],
        excludeCaches: false,
        excludeLargerThan: null,
        oneFileSystem: false,
      }
      const wanted = { name: `set-${set}`, sourceId, vaultId, policyId, isEnabled: true, content }
      sets.push((await make<{ id: string }>('/sets', wanted)).id)
    }
    expect(await service.stop()).toBe(0)
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  async function acknowledge(client: ServiceClient): Promise<void> {
    for (const run of await client.runs('ended')) {
      const before = acknowledged.get(run.id)
      // What has ended has ended: nothing takes it back.
      if (before) expect([run.id, run.state, run.result]).toEqual([before.id, before.state, before.result])
      acknowledged.set(run.id, run)
    }
  }

  /** Asks for some of everything. */
  async function ask(client: ServiceClient, round: number): Promise<void> {
    const active = await client.runs('active')
    for (const [set, id] of sets.entries()) {
      if (active.filter((run) => run.set?.id === id && run.kind === 'backup').length > 1) continue
      change(set)
      await client.call('POST', `/sets/${id}/runs`, {})
    }
    const others = active.filter(({ kind }) => kind !== 'backup')
    if (others.length > 3) return
    const points = await client.call<{ items: { id: string }[] }>('GET', '/points?limit=50')
    const listed = points?.items ?? []
    const point = listed[chance.below(listed.length)]
    const kind = KINDS[round % KINDS.length]
    if (kind === 'delete') {
      if (!point || listed.length < 6) return
      forgotten.add(point.id)
      await client.call('DELETE', `/points/${point.id}`)
    } else if (kind === 'restore') {
      if (!point) return
      await client.call('POST', '/restores', {
        pointId: point.id,
        paths: ['/'],
        target: { kind: 'folder', path: join(root, 'back', String(round)) },
        overwrite: 'always',
      })
    } else await client.call('POST', `/vaults/${vaultId}/runs`, { kind, readData: true })
  }

  const snapshotFiles = (): number =>
    readdirSync(join(vault, 'snapshots')).filter((name) => !name.includes('-tmp-')).length

  /** Waits for the moment of this round: any, or that in which a snapshot was stored and hardly anybody knows. */
  async function moment(client: ServiceClient, round: number): Promise<void> {
    const until = performance.now() + chance.fraction() * LONGEST
    const before = snapshotFiles()
    const waitsForSnapshot = round % 2 === 1
    const longest = waitsForSnapshot ? performance.now() + LONGEST : until
    for (let look = 0; performance.now() < longest; look++) {
      if (waitsForSnapshot && snapshotFiles() > before) return
      if (look % 100 === 99) await acknowledge(client)
      await sleep(2)
    }
  }

  it('loses no point that it told of, makes none twice, and brings every run to its end', async () => {
    const processes = new Set<string>()
    let inFlight = 0
    for (let round = 0; round < KILLS; round++) {
      const client = await startClient(data, token)
      await using service = client.service
      await ask(client, round)
      await moment(client, round)
      if (round % 10 === 5) {
        // A run process alone, or one of them.
        const [pid] = (client.children()[0] ?? '').split(':')
        if (pid) process.kill(Number(pid), 'SIGKILL')
        await sleep(chance.below(500))
      }
      const children = client.children()
      if (children.length > 0) inFlight++
      for (const key of children) processes.add(key)
      await service.stop('SIGKILL')
    }

    const client = await startClient(data, token)
    await using service = client.service
    await client.idle()
    await acknowledge(client)
    // At least some of the kills must have met work, or nothing is proved by them.
    expect(inFlight).toBeGreaterThan(KILLS / 2)
    expect([...processes].filter((key) => processKey(key.split(':')[0] ?? '') === key)).toEqual([])

    const snapshots = JSON.parse(restic('snapshots', '--json')) as Snapshot[]
    const byRun = new Map<string, string[]>()
    for (const { id, tags } of snapshots) {
      const run = tags.find((tag) => tag.startsWith('holdfast-run:'))?.slice('holdfast-run:'.length) ?? ''
      byRun.set(run, [...(byRun.get(run) ?? []), id])
    }
    expect([...byRun].filter(([, ids]) => ids.length > 1)).toEqual([])
    const runs = await client.runs()
    const points = new Map<string, { id: string; snapshotId: string }>()
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { id: string; snapshotId: string }[]; next: string | null } | undefined = await client.call(
        'GET',
        `/points?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      for (const point of page?.items ?? []) points.set(point.id, point)
      cursor = page?.next ?? null
    }
    const backups = runs.filter(({ kind }) => kind === 'backup')
    for (const run of backups) {
      const pointId = run.result?.pointId ?? ''
      const made = byRun.get(run.id) ?? []
      if (run.state !== 'succeeded' && run.state !== 'warning') {
        expect([run.id, run.state, made]).toEqual([run.id, run.state, []])
        continue
      }
      if (forgotten.has(pointId)) continue
      expect([run.id, run.cause, made]).toEqual([run.id, run.cause, [expect.any(String)]])
      expect([run.id, points.get(pointId)?.id]).toEqual([run.id, pointId])
    }
    // And the catalog knows every recovery point that there is, and no other.
    const stored = snapshots.filter(({ tags }) => tags.some((tag) => tag.startsWith('holdfast-set:'))).length
    expect(points.size).toBe(stored)
    // Some were killed between the snapshot and the moment in which its end was noted.
    if (KILLS >= 50) expect(runs.filter(({ cause }) => cause.code === 'found').length).toBeGreaterThan(0)
    expect(backups.filter(({ state }) => state === 'succeeded').length).toBeGreaterThan(KILLS / 4)
    expect(restic('check', '--read-data')).toContain('no errors were found')
    expect(await service.stop()).toBe(0)
  })
})
