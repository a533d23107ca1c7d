import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type BackupProgress, type BackupResult } from '../../core/archiver/index.ts'
import type { Repository } from '../../core/repository/index.ts'
import type { SelectionOptions } from '../../core/selection/index.ts'
import { encodeSnapshot, loadSnapshots } from '../../core/snapshot/index.ts'
import { openMemoryStorage } from '../../core/storage/index.ts'
import { type BackupChanges, backupOptions } from '../support/backup-options.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { beforeSave } from '../support/storage-hook.ts'
import { makeVault } from '../support/vault.ts'
import { collectExits } from '../support/worker-exits.ts'

const newRepository = await makeRepositories()
const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55'

let home = ''
const at = (name: string): string => join(home, name)

function write(name: string, bytes: number): void {
  mkdirSync(join(home, name, '..'), { recursive: true })
  writeFileSync(at(name), seededChance(bytes).fill(Buffer.alloc(bytes)))
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-estimate-'))
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

interface Counted {
  readonly result: BackupResult
  readonly told: readonly BackupProgress[]
}

/** Backs up, but stores nothing before the estimate is final. */
async function backUpCounted(changes: BackupChanges, roots: string | Buffer[] = at('source')): Promise<Counted> {
  const told: BackupProgress[] = []
  const counted = Promise.withResolvers<undefined>()
  const repository = newRepository(beforeSave(openMemoryStorage(), () => counted.promise))
  const result = await backUp(
    repository,
    repository.loadIndex({ purpose: 'refer' }),
    backupOptions(roots, {
      estimate: true,
      onProgress(progress) {
        told.push(progress)
        if (progress.estimate?.basis === 'counted') counted.resolve(undefined)
      },
      ...changes,
    }),
  )
  return { result, told }
}

/** A run with its progress, in a repository that exists. */
async function backUpTold(repository: Repository, changes: BackupChanges = {}): Promise<Counted> {
  const told: BackupProgress[] = []
  const onProgress = (progress: BackupProgress): void => void told.push(progress)
  const options = backupOptions(at('source'), { estimate: true, onProgress, ...changes })
  return { result: await backUp(repository, repository.loadIndex({ purpose: 'refer' }), options), told }
}

describe('FS-8: the estimate', () => {
  const selections: Record<string, SelectionOptions> = {
    'when nothing is left out': {},
    'beside patterns': { excludes: ['*.tmp', at('source/deep')], caseInsensitiveExcludes: ['readme'] },
    'beside caches, tagged folders and large files': {
      excludeCaches: true,
      excludeIfPresent: ['.nobackup'],
      excludeLargerThan: 5000n,
    },
    'without names that are not UTF-8': { onlyUtf8Names: true },
  }
  it.each(Object.entries(selections))('counts the files and bytes that are backed up %s', async (_, selection) => {
    for (const name of ['a', 'b.tmp', 'README', 'deep/er/c', 'deep/d.tmp', 'no/.nobackup', 'no/e'])
      write(`source/${name}`, 700)
    write('source/large', 9000)
    write('source/cache/f', 800)
    writeFileSync(at('source/cache/CACHEDIR.TAG'), CACHE_TAG)
    writeFileSync(Buffer.concat([Buffer.from(at('source/odd-')), Buffer.of(0xff)]), 'not UTF-8')
    writeFileSync(at('source/empty'), '')
    symlinkSync('a', at('source/link'))
    const { result, told } = await backUpCounted({ selection })
    const { filesNew: files, bytesProcessed: bytes } = result.figures
    expect(files).toBeGreaterThan(3)
    expect(told.at(-1)?.estimate).toEqual({ files, bytes, basis: 'counted' })
  })

  it('counts each target once, wherever it lies, and none that is left out', async () => {
    for (const name of ['source/a', 'source/inner/b', 'source/c.tmp', 'alone', 'other/d']) write(name, 600)
    const paths = ['source', 'source/inner', 'source/inner/b', 'alone', 'other', 'source/c.tmp', 'other']
    write('left-out.tmp', 5000)
    const roots = [...paths, 'left-out.tmp'].map((name) => Buffer.from(at(name)))
    const { result, told } = await backUpCounted({ selection: { excludes: ['left-out*'] } }, roots)
    expect(result.figures).toMatchObject({ filesNew: 5, bytesProcessed: 3000 })
    expect(told.at(-1)?.estimate).toEqual({ files: 5, bytes: 3000, basis: 'counted' })
  })

  it('is what the parent held, where it says so: nothing is counted', async () => {
    write('source/a', 3000)
    write('source/b', 4000)
    const repository = newRepository()
    await backUpTold(repository)
    write('source/c', 100)
    const exits = await collectExits(async () => {
      const { told } = await backUpTold(repository)
      expect(told.length).toBeGreaterThan(0)
      for (const { estimate } of told) expect(estimate).toEqual({ files: 2, bytes: 7000, basis: 'parent' })
    })
    // The worker's alone.
    expect(exits).toHaveLength(1)
  })

  it('is counted beside a parent that does not say what it held, as those of older restic', async () => {
    write('source/a', 3000)
    const repository = newRepository()
    await backUpTold(repository)
    const [made] = await loadSnapshots(repository)
    if (!made) throw new Error('no snapshot was made')
    const { id, summary, ...bare } = made
    expect(summary).toBeDefined()
    await repository.storage.remove({ kind: 'snapshot', name: id })
    const silent = await repository.saveDocument('snapshot', encodeSnapshot(bare))
    const exits = await collectExits(async () => {
      const { result } = await backUpTold(repository)
      expect(result).toMatchObject({ parent: silent, figures: { filesUnmodified: 1 } })
    })
    expect(exits).toHaveLength(2)
  })

  it('FS-8: is final before anything is read or stored where it comes first, whatever a parent says', async () => {
    for (let file = 0; file < 300; file++) write(`source/${file % 7}/${file}`, 100)
    const told: BackupProgress[] = []
    const bases: (string | undefined)[] = []
    const repository = newRepository(
      beforeSave(openMemoryStorage(), ({ kind }) => {
        if (kind === 'pack') bases.push(told.at(-1)?.estimate?.basis)
      }),
    )
    const first = (): Promise<BackupResult> =>
      backUp(
        repository,
        repository.loadIndex({ purpose: 'refer' }),
        backupOptions(at('source'), { estimate: 'first', onProgress: (progress) => told.push(progress) }),
      )
    await first()
    const reading = told.filter(({ figures: { dirsNew, filesNew } }) => dirsNew + filesNew > 0)
    expect(reading.length).toBeGreaterThan(0)
    for (const { estimate } of reading) expect(estimate).toEqual({ files: 300, bytes: 30_000, basis: 'counted' })
    expect(new Set(bases)).not.toContain('counting')
    write('source/new', 500)
    told.length = 0
    expect((await first()).parent).toBeDefined()
    expect(told.at(-1)?.estimate).toEqual({ files: 301, bytes: 30_500, basis: 'counted' })
  })

  it('FS-8: --scan-first counts all of it first, and is none without counting', async () => {
    const vault = await makeVault()
    vault.write('a', 'content')
    const { lines } = await vault.backUp(['--scan-first'])
    const reading = lines.filter(({ message_type: type, files_done: files }) => type === 'status' && files !== 0)
    expect(reading.length).toBeGreaterThan(0)
    for (const status of reading) expect(status).toMatchObject({ total_basis: 'counted', total_files: 1 })
    const both = await vault.holdfast(['backup', '--scan-first', '--no-scan', vault.source])
    expect(both.code).toBe(1)
    expect(both.stderr).toContain('--no-scan')
  })

  it('is not made where nobody wants it', async () => {
    write('source/a', 3000)
    const exits = await collectExits(async () => {
      const { told } = await backUpTold(newRepository(), { estimate: false })
      expect(told.map(({ estimate }) => estimate)).toEqual(told.map(() => undefined))
    })
    expect(exits).toHaveLength(1)
  })

  it('is told to programs, unless --no-scan: then only a parent says what there is', async () => {
    const vault = await makeVault()
    vault.write('a', 'content')
    vault.write('b', 'of two files')
    const statusesOf = async (...args: string[]) =>
      (await vault.backUp(args)).lines.filter(({ message_type: type }) => type === 'status')
    const blind = await statusesOf('--no-scan')
    expect(blind.length).toBeGreaterThan(0)
    for (const status of blind) {
      for (const name of ['total_files', 'total_bytes', 'total_basis', 'percent_done', 'seconds_remaining']) {
        expect(status).not.toHaveProperty(name)
      }
    }
    const known = await statusesOf('--no-scan')
    expect(known.length).toBeGreaterThan(0)
    for (const status of known) expect(status).toMatchObject({ total_files: 2, total_bytes: 19, total_basis: 'parent' })
  })

  it('ends with the backup when that is cancelled, wherever it is', async () => {
    for (let file = 0; file < 300; file++) write(`source/${file % 7}/${file}`, 100)
    // A hole behind more data than the shortest chunk has is cut, which takes long.
    write('source/large', 2 ** 20)
    truncateSync(at('source/large'), 2 ** 34)
    for (const moment of ['its thread is started', 'it is counting'] as const) {
      const stop = new AbortController()
      const reason = new Error(`stopped when ${moment}`)
      const abort = (): void => stop.abort(reason)
      let begun = 0
      const watch = (worker: Worker): void => {
        if (begun++ > 0) return
        if (moment === 'its thread is started') abort()
        else worker.once('online', abort)
      }
      process.on('worker', watch)
      const repository = newRepository()
      const exits = await collectExits(async () => {
        await expect(backUpTold(repository, { signal: stop.signal })).rejects.toBe(reason)
      })
      process.off('worker', watch)
      expect(exits).toHaveLength(begun)
      expect(begun).toBeGreaterThan(0)
      expect(await loadSnapshots(repository)).toEqual([])
    }
  })
})
