import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type BackupOptions, type BackupProgress, type BackupResult } from '../../core/archiver/index.ts'
import type { Repository } from '../../core/repository/index.ts'
import { openMemoryStorage } from '../../core/storage/index.ts'
import { backupOptions } from '../support/backup-options.ts'
import { checkRepository } from '../support/check-repository.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { nodeAt } from '../support/node-at.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { beforeSave } from '../support/storage-hook.ts'

const newRepository = await makeRepositories()
const MIB = 1024 * 1024
const PACK_BYTES = 4 * MIB
/** More than one worker can read before its first pack is stored, which takes buffers of less than 80 MiB. */
const LARGE = randomFillSync(Buffer.alloc(96 * MIB))

let home = ''
const at = (name: string): string => join(home, 'source', name)
const missedIn = ({ missed }: BackupResult) => missed.map(({ kind, path }) => `${kind} ${Buffer.from(path).toString()}`)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-changing-'))
  mkdirSync(at(''))
  writeFileSync(at('large'), LARGE)
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

interface Run {
  readonly repository: Repository
  readonly result: BackupResult
  /** What the snapshot holds below the source. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** Backs up with one worker; when it has read the beginning of `large`, and cannot have reached its end, all waits for `change`. */
async function backUpWhile(
  change: () => void,
  changes: Partial<BackupOptions> = {},
  changeLater: () => void = () => undefined,
): Promise<Run> {
  let isDone = false
  const storage = beforeSave(openMemoryStorage(), () => {
    if (isDone) changeLater()
    else change()
    isDone = true
  })
  const repository = newRepository(storage)
  const options = backupOptions(at(''), { packBytes: PACK_BYTES, ...changes })
  const result = await backUp(repository, repository.loadIndex({ purpose: 'refer' }), options)
  expect(isDone).toBe(true)
  const { findings } = await checkRepository(repository)
  expect(findings).toEqual([])
  return { repository, result, files: await filesOf(repository, result) }
}

async function filesOf(repository: Repository, { snapshot = '' }: BackupResult): Promise<Map<string, Buffer>> {
  const { files, lost } = await restoreRepository(repository, snapshot, home)
  expect([...lost]).toEqual([])
  return new Map([...files].map(([path, content]) => [path.slice(at('/').length), content]))
}

/** Not with toEqual, which takes long over so many bytes. */
function expectContent(actual: Buffer | undefined, expected: Buffer): void {
  expect(actual?.length).toBe(expected.length)
  expect(actual?.equals(expected)).toBe(true)
}

function note(path: string, value: string): void {
  execFileSync('setfattr', ['-n', 'user.note', '-v', value, path])
}

function overwriteEnd(text: string): void {
  const descriptor = openSync(at('large'), 'r+')
  writeSync(descriptor, text, LARGE.length - text.length)
  closeSync(descriptor)
}

describe('a file that changes while it is read', () => {
  it('is stored as long as it was when it was opened, and listed: who goes on writing keeps no run from ending', async () => {
    const { result, files } = await backUpWhile(() => appendFileSync(at('large'), 'a line more'))
    expect(missedIn(result)).toEqual([`changed ${at('large')}`])
    expectContent(files.get('large'), LARGE)
  })

  it('is stored as far as it went when it is cut off, and listed', async () => {
    const { result, files } = await backUpWhile(() => truncateSync(at('large'), 1000))
    expect(missedIn(result)).toEqual([`changed ${at('large')}`])
    const stored = files.get('large') ?? Buffer.alloc(0)
    expect(stored.length).toBeGreaterThan(PACK_BYTES / 2)
    expect(stored.length).toBeLessThan(LARGE.length)
    expectContent(stored, LARGE.subarray(0, stored.length))
    expect(result.figures.bytesProcessed).toBe(stored.length)
  })

  it('is listed when it is overwritten and keeps its size', async () => {
    const { result, files } = await backUpWhile(() => overwriteEnd('the end'))
    expect(missedIn(result)).toEqual([`changed ${at('large')}`])
    expectContent(files.get('large'), readFileSync(at('large')))
  })

  it('is stored as it was when another one takes its name, and the next run takes that', async () => {
    const { repository, result, files } = await backUpWhile(() => {
      writeFileSync(at('new'), 'another file')
      renameSync(at('new'), at('large'))
    })
    expect(missedIn(result)).toEqual([])
    expectContent(files.get('large'), LARGE)
    const next = await backUp(repository, repository.loadIndex({ purpose: 'refer' }), backupOptions(at('')))
    expect(next.figures).toMatchObject({ filesNew: 0, filesChanged: 1 })
    expect(String((await filesOf(repository, next)).get('large'))).toBe('another file')
  })

  it('is stored as it was when it is deleted, without noise, and is gone in the next run', async () => {
    const { repository, result, files } = await backUpWhile(() => rmSync(at('large')))
    expect(missedIn(result)).toEqual([])
    expectContent(files.get('large'), LARGE)
    const next = await backUp(repository, repository.loadIndex({ purpose: 'refer' }), backupOptions(at('')))
    expect(await filesOf(repository, next)).toEqual(new Map())
  })

  it('NAS-14: is read again at the end, and is no warning when it holds still by then', async () => {
    writeFileSync(at('other'), 'other')
    const told: BackupProgress[] = []
    const { result, files } = await backUpWhile(() => appendFileSync(at('large'), 'a line more'), {
      missed: 'retry-at-end',
      onProgress: (progress) => told.push(progress),
    })
    expect(missedIn(result)).toEqual([])
    const expected = Buffer.concat([LARGE, Buffer.from('a line more')])
    expectContent(files.get('large'), expected)
    expect(result.figures).toMatchObject({ filesNew: 2, filesChanged: 0, bytesProcessed: expected.length + 5 })
    // Everything was stored once: what the second reading found was there already, but for the end.
    expect(result.bytesAdded).toBeLessThan(LARGE.length + 20 * MIB)
    // One is told at the end of each pass at least, and no figure ever goes back.
    expect(told.length).toBeGreaterThan(1)
    const figures = told.map(({ bytesStored, figures: all }) => Object.values({ bytesStored, ...all }))
    for (const [index, now] of figures.entries()) {
      for (const [which, figure] of now.entries())
        expect(figure).toBeGreaterThanOrEqual(figures[index - 1]?.[which] ?? 0)
    }
  })

  it('NAS-15: is listed once where it never holds still', async () => {
    // The beginning is new when it is read at the end: packs are stored, and lines added, in the middle of that too.
    const addLine = (): void => appendFileSync(at('large'), 'a line more')
    const writeAnew = (): void => writeFileSync(at('large'), randomFillSync(Buffer.alloc(LARGE.length)))
    const { result } = await backUpWhile(writeAnew, { missed: 'retry-at-end' }, addLine)
    expect(missedIn(result)).toEqual([`changed ${at('large')}`])
    expect(result.bytesAdded).toBeGreaterThan(LARGE.length + 2 * PACK_BYTES)
  })
})

describe('a file that is being read', () => {
  it('is counted as far as it was, with what is stored of it', async () => {
    const told: BackupProgress[] = []
    const toldMidway = Promise.withResolvers<BackupProgress>()
    let isReading = false
    // No pack is stored before it was told how far this is.
    const storage = beforeSave(openMemoryStorage(), async () => {
      isReading = true
      await toldMidway.promise
    })
    const repository = newRepository(storage)
    const onProgress = (progress: BackupProgress): void => {
      told.push(progress)
      if (isReading) toldMidway.resolve(progress)
    }
    await backUp(
      repository,
      repository.loadIndex({ purpose: 'refer' }),
      backupOptions(at(''), { packBytes: PACK_BYTES, onProgress }),
    )
    const { figures } = await toldMidway.promise
    expect(figures.filesNew).toBe(0)
    expect(figures.bytesProcessed).toBeGreaterThan(PACK_BYTES / 2)
    expect(figures.bytesProcessed).toBeLessThan(LARGE.length)
    expect(told.at(-1)?.figures).toMatchObject({ filesNew: 1, bytesProcessed: LARGE.length, bytesRead: LARGE.length })
  })
})

describeWith(['attr'], 'a file that another one takes the name of while it is read', () => {
  it('is stored with its own attributes', async () => {
    note(at('large'), 'of the first')
    const { repository, result } = await backUpWhile(() => {
      writeFileSync(at('new'), 'another file')
      note(at('new'), 'of the other')
      renameSync(at('new'), at('large'))
    })
    const { extendedAttributes = [] } = await nodeAt(repository, result.tree, at('large'))
    expect(extendedAttributes.map(({ value }) => value?.toString())).toContain('of the first')
  })
})

describe('what changes before a worker comes to it', () => {
  it('is as it is found then: gone without noise, or another thing that never hangs the run', async () => {
    mkdirSync(at('old folder'))
    for (const name of ['old folder/inside', 'to folder', 'to link', 'untouched', 'was deleted']) {
      writeFileSync(at(name), 'content')
    }
    const { result, files } = await backUpWhile(() => {
      for (const name of ['old folder', 'to folder', 'to link', 'was deleted']) rmSync(at(name), { recursive: true })
      mkdirSync(at('to folder'))
      writeFileSync(at('to folder/new'), 'new')
      symlinkSync('untouched', at('to link'))
    })
    expect(missedIn(result)).toEqual([])
    expect([...files.keys()].toSorted()).toEqual(['large', 'to folder/new', 'untouched'])
    expect(result.figures).toMatchObject({ filesNew: 3, others: 1 })
  })
})
