import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type BackupOptions, type BackupProgress, type BackupResult } from '../../core/archiver/index.ts'
import type { SelectionOptions } from '../../core/selection/index.ts'
import { createFileServerSource, identifyRoot, type Source } from '../../core/source/index.ts'
import { openMemoryStorage } from '../../core/storage/index.ts'
import { backupOptions } from '../support/backup-options.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { beforeSave } from '../support/storage-hook.ts'

const newRepository = await makeRepositories()
const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55'

let home = ''
const at = (name: string): string => join(home, name)

function write(name: string, content: string): void {
  mkdirSync(join(home, name, '..'), { recursive: true })
  writeFileSync(Buffer.from(at(name), 'latin1'), content)
}

/** A stand-in for what VSS will do: each target is read at another place. */
function shadowSource(places: Readonly<Record<string, string>>, selection: SelectionOptions): Source {
  const readFrom = Object.values(places).map((place) => Buffer.from(at(place)))
  const shadow = createFileServerSource({ kind: 'file-server', roots: readFrom, selection })
  return {
    async prepare(options) {
      const prepared = await shadow.prepare(options)
      return {
        ...prepared,
        roots: Object.entries(places).map(([path, place]) => ({
          path: Buffer.from(at(path)),
          readFrom: Buffer.from(at(place)),
          identity: identifyRoot(Buffer.from(at(place))),
        })),
      }
    },
  }
}

interface Run {
  readonly result: BackupResult
  readonly told: readonly BackupProgress[]
  /** What the snapshot holds, below the temporary folder. */
  readonly files: Readonly<Record<string, string>>
}

/** Stores nothing before the estimate is final. */
async function backUpShadow(
  places: Readonly<Record<string, string>>,
  selection: SelectionOptions = {},
  changes: Partial<BackupOptions> = {},
): Promise<Run> {
  const told: BackupProgress[] = []
  const counted = Promise.withResolvers<undefined>()
  const repository = newRepository(beforeSave(openMemoryStorage(), () => counted.promise))
  const result = await backUp(repository, repository.loadIndex({ purpose: 'refer' }), {
    ...backupOptions(home, changes),
    source: shadowSource(places, selection),
    estimate: true,
    onProgress(progress) {
      told.push(progress)
      if (progress.estimate?.basis === 'counted') counted.resolve(undefined)
    },
  })
  const { files } = await restoreRepository(repository, result.snapshot ?? '', home)
  return {
    result,
    told,
    files: Object.fromEntries([...files].map(([path, content]) => [path.slice(home.length + 1), String(content)])),
  }
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-shadow-'))
  write('live/data/file', 'of today')
  write('live/data/made since', 'of today')
  write('live/alone', 'of today')
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

describe('FS-9: a source that is read at another place, as a shadow copy is', () => {
  it.each([1, 3])('stores what is there under the names of the live files (%i workers)', async (workers) => {
    for (const name of ['file', 'folder/inner/deep', 'folder/other'])
      write(`shadow/7/copy of data/${name}`, `then ${name}`)
    write('shadow/8', 'then alone')
    const { files, result, told } = await backUpShadow(
      { 'live/data': 'shadow/7/copy of data', 'live/alone': 'shadow/8' },
      {},
      { workers },
    )
    expect(files).toEqual({
      'live/data/file': 'then file',
      'live/data/folder/inner/deep': 'then folder/inner/deep',
      'live/data/folder/other': 'then folder/other',
      'live/alone': 'then alone',
    })
    expect(result.missed).toEqual([])
    const { filesNew, bytesProcessed } = result.figures
    expect(told.at(-1)?.estimate).toEqual({ files: filesNew, bytes: bytesProcessed, basis: 'counted' })
  })

  it('knows patterns, tags and missed names by the names of the live files', async () => {
    for (const name of ['kept', 'left-out', 'caf\xe9', 'cache/inside']) write(`shadow/${name}`, name)
    write('shadow/cache/CACHEDIR.TAG', CACHE_TAG)
    const { files, result, told } = await backUpShadow(
      { 'live/data': 'shadow' },
      // Neither the place of the copy nor what lies beside it is known to a pattern.
      { excludes: [at('live/data/left-out'), at('shadow')], excludeCaches: true, onlyUtf8Names: true },
    )
    expect(Object.keys(files).toSorted()).toEqual(['live/data/cache/CACHEDIR.TAG', 'live/data/kept'])
    expect(result.missed).toEqual([
      {
        kind: 'name-not-utf8',
        reason: 'its name is not UTF-8',
        path: Uint8Array.from(Buffer.from(at('live/data/caf\xe9'), 'latin1')),
      },
    ])
    expect(told.at(-1)?.estimate).toMatchObject({ files: 2, basis: 'counted' })
  })

  it('follows a link on the way to a copy, and none in it', async () => {
    write('copies/7/data/file', 'then')
    symlinkSync('../../../live/data/file', at('copies/7/data/link'))
    symlinkSync('copies/7', at('shadow'))
    const { files, result } = await backUpShadow({ 'live/data': 'shadow/data' })
    expect(files).toEqual({ 'live/data/file': 'then' })
    expect(result.figures).toMatchObject({ filesNew: 1, others: 1 })
  })
})
