import { CoreError } from '../base/index.ts'
import type { BlobIndex, Repository } from '../repository/index.ts'
import { openSystemCalls, printable, statTarget, type TargetTree } from '../source/index.ts'
import { createBufferPool } from './buffer-pool.ts'
import { createExaminer, type Verdict } from './examiner.ts'
import type { EntryItem, FileItem, FileSet } from './file-set.ts'
import { createFileStates } from './file-states.ts'
import { encodeFileTable, type FileTable, type TableEntry } from './file-table.ts'
import { createFolderMaker, type FolderState } from './folder-maker.ts'
import { inParallel } from './in-parallel.ts'
import { COLUMN, type Problem, ROW } from './messages.ts'
import { createOtherMaker, type Place } from './other-maker.ts'
import { createPackPlan, LONGEST_READ, type PackRead, splitRead } from './pack-plan.ts'
import type { RestoreCrew } from './restore-crew.ts'
import type { RestoreOptions } from './restore.ts'

export interface SetRestorerParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly target: TargetTree
  readonly crew: RestoreCrew
  readonly workers: number
  readonly options: RestoreOptions
  readonly report: (problem: Problem) => void
}

/** Restores one set of files after the other. */
export interface SetRestorer {
  /** What is decided so far: every file is counted once, when it is clear what to do for it. */
  readonly counts: { filesDone: number; filesSkipped: number; bytesSkipped: number }
  run(set: FileSet): Promise<void>
  /** Gives folders their metadata, when all sets are restored. */
  finishFolders(): void
}

/** The name under which a file with several names is restored; the others are linked to it. */
interface FirstName {
  readonly place: Place
  /** What it was cannot be restored, or it is not yet known whether it can. */
  isLost: boolean
}

/** Reads of packs that are loaded while workers are busy. */
const READS_AHEAD = 3

export function createSetRestorer(parts: SetRestorerParts): SetRestorer {
  const { repository, index, target, crew, workers, options, report } = parts
  const { overwrite, signal } = options
  const calls = openSystemCalls()
  const folderMaker = createFolderMaker(target, calls, report)
  const others = createOtherMaker(target, calls, overwrite, report)
  const examiner = createExaminer(target, index, crew, overwrite)
  const pool = createBufferPool(workers + READS_AHEAD, LONGEST_READ)
  const counts = { filesDone: 0, filesSkipped: 0, bytesSkipped: 0 }
  /** The first name of each file that has several. */
  const firstNames = new Map<string, FirstName>()

  /** What is found out about a set before its first byte is written. */
  interface Prepared {
    readonly set: FileSet
    readonly states: readonly FolderState[]
    readonly plan: ReturnType<typeof createPackPlan>
    readonly fileStates: ReturnType<typeof createFileStates>
    readonly making: Uint8Array
    /** Files that only want their metadata. */
    readonly finishOnly: number[]
    readonly restored: FileItem[]
    readonly links: { readonly from: FirstName; readonly to: Place }[]
    /** By number, those of this set. */
    readonly firsts: Map<number, FirstName>
  }

  async function consider(prepared: Prepared, number: number, file: FileItem): Promise<void> {
    const { set, states, plan, fileStates, making, finishOnly, restored, links } = prepared
    const state = states[file.folder]
    if (state === 'refused') return
    const place = placeOf(set, file)
    const first = file.identity === undefined ? undefined : firstNames.get(file.identity)
    counts.filesDone++
    if (first) {
      links.push({ from: first, to: place })
      return
    }
    // Its other names are as good as it is, which is known in the end.
    const own: FirstName = { place, isLost: true }
    if (file.identity !== undefined) firstNames.set(file.identity, own)
    const verdict: Verdict = state === 'new' ? { type: 'make' } : await examiner.examine(place.folder, file)
    if (verdict.type === 'keep') {
      own.isLost = false
      counts.filesSkipped++
      counts.bytesSkipped += file.size
      return
    }
    const isRight = verdict.type === 'mend' ? (blob: number) => verdict.right[blob] === 1 : () => false
    const wanted = plan.add(number, file.content, isRight)
    if (wanted < 0) {
      report({ part: 'file', path: pathOf(place), reason: 'a part of its content is in no index of the repository' })
      return
    }
    making[number] = verdict.type === 'make' ? 1 : 0
    fileStates.set(number, wanted, verdict.type === 'mend')
    if (wanted === 0) finishOnly.push(number)
    restored.push(file)
    if (file.identity !== undefined) prepared.firsts.set(number, own)
  }

  function tableOf({ set, making }: Prepared, numbers: Iterable<number>): FileTable {
    const entries: TableEntry[] = []
    for (const number of numbers) {
      const file = set.files[number]
      if (file) entries.push({ file: number, folder: file.folder, make: making[number] === 1, node: file.node })
    }
    return encodeFileTable(entries)
  }

  /** Returns the rows whose blobs are damaged. */
  async function writeRead(prepared: Prepared, read: PackRead): Promise<readonly number[]> {
    signal?.throwIfAborted()
    const { pack, offset, length, rows, ids } = read
    const isLong = length > LONGEST_READ
    const bytes = isLong ? new SharedArrayBuffer(length) : await pool.take()
    try {
      const name = index.packs.idOf(pack).toString('hex')
      const into = new Uint8Array(bytes, 0, length)
      await repository.storage.load({ kind: 'pack', name }, { offset, length, into, signal })
      const files = tableOf(prepared, filesOf(rows))
      const done = await crew.run({ type: 'pack', bytes, rows, ids, files, finish: new Uint32Array(0) })
      for (const problem of done.problems) report(problem)
      return done.damaged ?? []
    } finally {
      if (!isLong) pool.giveBack(bytes)
    }
  }

  /** What cannot be read is looked for in other copies. The files of what is left are lost; all others are not. */
  async function tryRead(prepared: Prepared, read: PackRead): Promise<void> {
    let rows: readonly number[]
    let reason = 'a part of its content is damaged in the repository'
    try {
      rows = await writeRead(prepared, read)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isStorageFailure(error)) throw error
      // Of a file that was cut off, or lies on a bad spot of a disk, only some blobs cannot be read.
      const halves = error.code === 'storage/not-found' ? undefined : splitRead(read)
      if (halves) {
        for (const half of halves) await tryRead(prepared, half)
        return
      }
      rows = [...read.entries.keys()]
      reason = error.message
    }
    const copies = createPackPlan(index)
    for (const row of rows) {
      if (!copies.addCopy(read, row)) lose(prepared, read.rows[row * ROW + COLUMN.file] ?? 0, reason)
    }
    for (const copy of copies.reads()) await tryRead(prepared, copy)
  }

  /** Never finished, so nobody gives the file the times of a good one. */
  function lose({ set, fileStates }: Prepared, number: number, reason: string): void {
    const file = set.files[number]
    if (!file || fileStates.isSpoilt(number)) return
    fileStates.spoil(number)
    report({ part: 'file', path: pathOf(placeOf(set, file)), reason })
  }

  async function finishFiles(prepared: Prepared): Promise<void> {
    const { finishOnly } = prepared
    for (let at = 0; at < finishOnly.length; at += FINISHED_AT_ONCE) {
      const numbers = finishOnly.slice(at, at + FINISHED_AT_ONCE)
      const done = await crew.run({
        type: 'pack',
        bytes: new SharedArrayBuffer(0),
        rows: new Float64Array(0),
        ids: new Uint8Array(0),
        files: tableOf(prepared, numbers),
        finish: Uint32Array.from(numbers),
      })
      for (const problem of done.problems) report(problem)
    }
  }

  async function run(set: FileSet): Promise<void> {
    signal?.throwIfAborted()
    const fileStates = createFileStates(set.files.length)
    const prepared: Prepared = {
      set,
      states: set.folders.map((folder) => folderMaker.make(folder)),
      plan: createPackPlan(index),
      fileStates,
      making: new Uint8Array(set.files.length),
      finishOnly: [],
      restored: [],
      links: [],
      firsts: new Map(),
    }
    await inParallel(set.files.entries(), workers * 2, async ([number, file]) => {
      signal?.throwIfAborted()
      try {
        await consider(prepared, number, file)
      } catch (error) {
        report({ part: 'file', path: pathOf(placeOf(set, file)), reason: messageOf(error) })
      }
    })
    crew.beginSet({ folders: set.folders.map(({ path }) => path), states: fileStates.shared })
    await inParallel(prepared.plan.reads(), workers + READS_AHEAD, (read) => tryRead(prepared, read))
    await finishFiles(prepared)
    // Before files get their further names: one that has several is not opened for writing, as a comparison is.
    if (options.verify) await verify(prepared)
    for (const item of set.others) {
      if (prepared.states[item.folder] !== 'refused') others.make(placeOf(set, item), item)
    }
    for (const [number, first] of prepared.firsts) first.isLost = fileStates.isSpoilt(number)
    for (const { from, to } of prepared.links) {
      if (!from.isLost) others.link(from.place, to)
      else report({ part: 'file', path: pathOf(to), reason: `it is the same file as ${printable(pathOf(from.place))}` })
    }
  }

  async function verify({ set, restored, fileStates }: Prepared): Promise<void> {
    const numbers = new Map(set.files.map((file, number) => [file, number]))
    await inParallel(restored, workers * 2, async (file) => {
      signal?.throwIfAborted()
      if (fileStates.isSpoilt(numbers.get(file) ?? 0)) return
      const place = placeOf(set, file)
      if (await examiner.verify(place.folder, file)) return
      report({ part: 'file', path: pathOf(place), reason: 'it was read again and does not have its content' })
    })
  }

  return { counts, run, finishFolders: () => folderMaker.finish() }
}

const FINISHED_AT_ONCE = 4096
const SLASH = Buffer.from('/')

function placeOf(set: FileSet, { folder, name }: EntryItem): Place {
  return { folder: set.folders[folder]?.path ?? Buffer.alloc(0), name }
}

function pathOf({ folder, name }: Place): Buffer {
  return folder.length > 0 ? Buffer.concat([folder, SLASH, name]) : name
}

function filesOf(rows: Float64Array): Set<number> {
  const files = new Set<number>()
  for (let row = 0; row < rows.length; row += ROW) files.add(rows[row + COLUMN.file] ?? 0)
  return files
}

/** Bytes that the files of a set take already where they will be restored: they need no room again. */
export function bytesThere(set: FileSet, target: TargetTree): number {
  let bytes = 0
  for (const file of set.files) {
    try {
      const folder = target.folder(set.folders[file.folder]?.path ?? Buffer.alloc(0))
      const there = statTarget(folder, file.name)
      if (there) bytes += Math.min(file.size, Number(there.blocks) * 512)
    } catch {
      // Its folder is not there yet.
    }
  }
  return bytes
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isStorageFailure(error: unknown): error is CoreError {
  return error instanceof CoreError && error.code.startsWith('storage/')
}
