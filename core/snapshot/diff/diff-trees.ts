import { type Abortable, createTurns } from '../../base/index.ts'
import type { BlobIndex, TreeLoader } from '../../repository/index.ts'
import { createHeldTrees, type HeldLevel } from '../tree/held-trees.ts'
import { LONGEST_PATH, tooDeep } from '../tree/longest-path.ts'
import type { TreeReader } from '../tree/tree-reader.ts'
import { AFTER, BEFORE, type BlobLedger, createBlobLedger, EQUAL } from './blob-ledger.ts'
import { markCommonBlobs } from './common-blobs.ts'
import { type DiffTotals, TotalsCounter } from './diff-totals.ts'
import { hasSameContent, hasSameMetadata } from './same-node.ts'

/** restic's signs for what happened to an entry; several may come together, as in `M?`. */
export type ChangeSigns = '+' | '-' | 'M' | 'M?' | 'T' | 'TU' | 'U'

/** What a comparison tells: each entry that differs before what is in it, in the order of the names. */
export interface DiffVisitor<Folder> {
  /** A folder below another, of whose entries something may be told. */
  folderIn(folder: Folder, name: Buffer): Folder
  /** An entry of `folder` came, went or changed. `isFolder` is that of the later one, of an entry that is there twice. */
  changed(signs: ChangeSigns, name: Buffer, isFolder: boolean, folder: Folder): void
  /** The tree of a folder cannot be read on one side or both, or lies too deep; what was left in it was not compared. */
  unreadable(folder: Folder, error: unknown): void
  /** A folder is the same on both sides, and what is in it cannot be read: its blobs may count for one side wrongly. */
  uncounted(error: unknown): void
  /** Called between entries; what it returns is awaited. */
  pause(): Promise<void> | undefined
}

export interface DiffOptions extends Abortable {
  /** Whether to tell of entries of which nothing but metadata differs. */
  readonly metadata?: boolean | undefined
}

/** A tree that is being read, side by side with another one or alone. `isUsed`: its node was dealt with. */
interface Cursor {
  /** Undefined while its folder's trees are let go of. */
  readonly reader: TreeReader | undefined
  isUsed: boolean
  hasNode: boolean
}

interface Level<Folder> {
  readonly folder: Folder
  /** None where the folder is there on one side only. */
  readonly before: Cursor | undefined
  readonly after: Cursor | undefined
  /** Bytes of the folder's path, with a slash behind it. */
  readonly pathBytes: number
}

/** A folder that is to be compared next. */
interface Pair {
  readonly name: Buffer
  readonly before: Buffer | undefined
  readonly after: Buffer | undefined
}

/**
 * Compares two trees and all below them. Folders with the same id are the same and not looked into, but for the blobs
 * that they need, where those decide which blobs one side has alone. Of the folders on the way down the trees are held in
 * memory, in bounds (`createHeldTrees`); of each blob that the index lists, one byte.
 */
export async function diffTrees<Folder>(
  trees: TreeLoader,
  index: BlobIndex,
  before: Buffer,
  after: Buffer,
  root: Folder,
  visitor: DiffVisitor<Folder>,
  { metadata = false, signal }: DiffOptions = {},
): Promise<DiffTotals> {
  const ledger = createBlobLedger(index)
  const counter = new TotalsCounter()
  const levels: Level<Folder>[] = []
  const held = createHeldTrees(trees, { signal })
  const turns = createTurns()

  async function enter(
    folder: Folder,
    { before: old, after: young }: Omit<Pair, 'name'>,
    pathBytes: number,
  ): Promise<void> {
    try {
      if (pathBytes > LONGEST_PATH) throw tooDeep()
      const ids = [old, young].filter((id) => id !== undefined)
      const tree = await held.enter(ids)
      const cursorOf = (id: Buffer | undefined): Cursor | undefined => id && cursorIn(tree, ids.indexOf(id))
      levels.push({ folder, before: cursorOf(old), after: cursorOf(young), pathBytes })
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(folder, error)
    }
  }

  function leave(): void {
    levels.pop()
    held.leave()
  }

  ledger.mark('tree', before, BEFORE)
  ledger.mark('tree', after, AFTER)
  if (before.equals(after)) return counter.totals(ledger)
  await enter(root, { before, after }, 1)
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { folder, pathBytes } = level
    let below: Pair | undefined
    try {
      const back = held.comeBack()
      if (back) await back
      const hasMore = [advance(level.before), advance(level.after)].includes(true)
      if (hasMore) below = compareNext(level, metadata, ledger, counter, visitor)
      else leave()
    } catch (error) {
      signal?.throwIfAborted()
      leave()
      visitor.unreadable(folder, error)
    }
    const pause = visitor.pause()
    if (pause) await pause
    const turn = turns()
    if (turn) await turn
    signal?.throwIfAborted()
    if (below) await enter(visitor.folderIn(folder, below.name), below, pathBytes + below.name.length + 1)
  }
  await markCommonBlobs(trees, ledger, (error) => visitor.uncounted(error), { signal })
  return counter.totals(ledger)
}

function cursorIn(tree: HeldLevel, at: number): Cursor {
  return {
    get reader() {
      return tree.readers[at]
    },
    isUsed: true,
    hasNode: true,
  }
}

/** Goes to the next node once the last was used. Returns whether there is one. */
function advance(cursor: Cursor | undefined): boolean {
  if (!cursor) return false
  if (cursor.isUsed && cursor.hasNode) cursor.hasNode = cursor.reader?.next() ?? false
  cursor.isUsed = false
  return cursor.hasNode
}

function compareNext<Folder>(
  { folder, before, after }: Level<Folder>,
  metadata: boolean,
  ledger: BlobLedger,
  counter: TotalsCounter,
  visitor: DiffVisitor<Folder>,
): Pair | undefined {
  const [old, young] = sideBySide(before, after)
  if (before && old) before.isUsed = true
  if (after && young) after.isUsed = true
  if (old && young) {
    if (old.raw.equals(young.raw)) {
      markNode(ledger, old, BEFORE | AFTER)
      markEqual(ledger, old)
      return undefined
    }
    markNode(ledger, old, BEFORE)
    markNode(ledger, young, AFTER)
    const signs = signsOf(old, young, metadata)
    if (signs?.startsWith('M')) counter.changedFiles++
    if (signs) visitor.changed(signs, young.name, young.isDir, folder)
    if (!old.isDir || !young.isDir) return undefined
    const [was, is] = [old.subtree, young.subtree]
    if (!was || !is || !was.equals(is)) return { name: Buffer.from(young.name), before: was, after: is }
    markEqual(ledger, old)
    return undefined
  }
  const node = old ?? young
  if (!node) return undefined
  const isNew = node === young
  markNode(ledger, node, isNew ? AFTER : BEFORE)
  counter.count(node, isNew)
  visitor.changed(isNew ? '+' : '-', node.name, node.isDir, folder)
  const { subtree } = node
  if (!node.isDir || !subtree) return undefined
  // A view of the name would hold the whole tree.
  return { name: Buffer.from(node.name), before: isNew ? undefined : subtree, after: isNew ? subtree : undefined }
}

/** The nodes of the name that comes next; undefined on a side that has none of that name. */
function sideBySide(
  before: Cursor | undefined,
  after: Cursor | undefined,
): [TreeReader | undefined, TreeReader | undefined] {
  const old = before?.hasNode ? before.reader : undefined
  const young = after?.hasNode ? after.reader : undefined
  if (!old || !young) return [old, young]
  const order = old.compareName(young.name)
  return [order <= 0 ? old : undefined, order >= 0 ? young : undefined]
}

function signsOf(old: TreeReader, young: TreeReader, metadata: boolean): ChangeSigns | undefined {
  const isOtherType = old.isDir !== young.isDir || old.isFile !== young.isFile || old.type !== young.type
  if (isOtherType) return metadata ? 'TU' : 'T'
  // Content that changes while nothing else does, not even a time, was changed by a failing disk.
  if (old.isFile && !hasSameContent(old, young)) return hasSameMetadata(old, young) ? 'M?' : 'M'
  return metadata && !hasSameMetadata(old, young) ? 'U' : undefined
}

function markNode(ledger: BlobLedger, node: TreeReader, marks: number): void {
  if (node.isFile) ledger.markContent(node.content, marks)
  const subtree = node.isDir ? node.subtree : undefined
  if (subtree) ledger.mark('tree', subtree, marks)
}

function markEqual(ledger: BlobLedger, node: TreeReader): void {
  const subtree = node.isDir ? node.subtree : undefined
  if (subtree) ledger.mark('tree', subtree, EQUAL)
}
