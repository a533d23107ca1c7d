import { type Abortable, CoreError, createTurns } from '../../base/index.ts'
import type { ByteString } from '../../file-system/index.ts'
import { type BlobIndex, createTreeLoader, type Repository } from '../../repository/index.ts'
import { createHeldTrees, type HeldTrees, LONGEST_PATH, tooDeep } from '../../snapshot/index.ts'
import { assertReachable } from '../../storage/index.ts'
import { createFolderRewriter, type FolderBelow, type FolderRewriter } from './folder-rewriter.ts'
import { isLoss } from './is-loss.ts'
import type { SaveBlob } from './missing-saver.ts'
import type { Rewriting } from './rewriting.ts'
import { NOTHING, type Weight, weighTrees } from './tree-weight.ts'

/** What a folder has become. */
export interface RewrittenTree {
  /** 32 bytes. */
  readonly id: Buffer
  /** What is not in it any more; undefined where that is not known, as something of it cannot be read. */
  readonly less: Weight | undefined
}

/** Makes folders anew, from the root of a snapshot down. What does not change keeps its tree, and its bytes. */
export interface TreeRewriter {
  /** Undefined where the root itself cannot be read. `what` names the snapshot for messages, with a capital. */
  rewrite(root: Buffer, what: string): Promise<RewrittenTree | undefined>
}

export interface TreeRewriterOptions extends Abortable {
  readonly rewriting: Rewriting
  readonly save: SaveBlob
  /** Called for each folder that is read. */
  readonly onFolder?: (() => void) | undefined
}

/** A folder that is being made anew. */
interface Level {
  readonly id: Buffer
  readonly path: ByteString
  readonly folder: FolderRewriter
  /** Something below it lies too deep, and stays as it is. */
  isCut: boolean
}

/** What has become of a folder. */
interface Outcome {
  /** Undefined where its tree cannot be read. */
  readonly tree: RewrittenTree | undefined
  /** It holds for folders whose paths have so many bytes or more: from a shorter one less is too deep. */
  readonly from: number
}

const EMPTY_TREE = Buffer.from('{"nodes":[]}\n')

/** Of the folders on the way down the trees are held in memory, in bounds (`createHeldTrees`). */
export function createTreeRewriter(
  repository: Repository,
  index: BlobIndex,
  { rewriting, save, onFolder, signal }: TreeRewriterOptions,
): TreeRewriter {
  const trees = createTreeLoader(repository, index)
  const weigh = weighTrees(repository, trees, { signal })
  const turns = createTurns()
  const known = new Map<string, Outcome>()

  function note(id: Buffer, outcome: Outcome): Outcome {
    if (!rewriting.byPath) known.set(id.toString('hex'), outcome)
    return outcome
  }

  /** Undefined where its tree cannot be read, or makes no sense. */
  async function open(held: HeldTrees, below: FolderBelow): Promise<FolderRewriter | undefined> {
    let isHeld = false
    try {
      const tree = await held.enter([below.id])
      isHeld = true
      onFolder?.()
      return createFolderRewriter(below, tree, { rewriting, weigh, save, signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!rewriting.onUnreadable || !isLoss(error)) throw error
      if (isHeld) held.leave()
      await assertReachable(repository.storage, error, { signal })
      rewriting.onUnreadable(below.path, error)
      return undefined
    }
  }

  return {
    async rewrite(root, what) {
      const held = createHeldTrees(trees, { signal })
      const levels: Level[] = []

      /** Goes into a folder, unless it is known at once what becomes of it. */
      async function enter(below: FolderBelow): Promise<Outcome | undefined> {
        const { id, path } = below
        const before = known.get(id.toString('hex'))
        if (before && path.length >= before.from) return before
        // With a slash behind it, as all who walk a snapshot count it.
        if (path.length + 1 > LONGEST_PATH) {
          if (!rewriting.onTooDeep) throw tooDeepIn(what)
          rewriting.onTooDeep(path, tooDeep())
          return { tree: { id, less: NOTHING }, from: path.length }
        }
        const folder = await open(held, below)
        if (!folder) return note(id, { tree: undefined, from: 0 })
        await folder.settle()
        levels.push({ id, path, folder, isCut: false })
        return undefined
      }

      async function leave({ id, path, folder, isCut }: Level): Promise<Outcome> {
        const { plain, less } = folder.finish()
        const tree = { id: plain ? await save('tree', plain) : id, less }
        levels.pop()
        held.leave()
        return note(id, { tree, from: isCut ? path.length : 0 })
      }

      let outcome = await enter({ id: root, path: '' })
      for (let level = levels.at(-1); level; level = levels.at(-1)) {
        // Whoever makes up a snapshot can have the same few folders gone through for years.
        const turn = turns()
        if (turn) await turn
        signal?.throwIfAborted()
        const back = held.comeBack()
        if (back) await back
        if (outcome) {
          const { tree, from } = outcome
          level.isCut ||= from > 0
          level.folder.take(tree?.id ?? (await save('tree', EMPTY_TREE)), tree?.less)
        }
        const below = await level.folder.next()
        outcome = below ? await enter(below) : await leave(level)
      }
      return outcome?.tree
    },
  }
}

function tooDeepIn(what: string): CoreError {
  return new CoreError(
    'repository/unsupported',
    `${what} holds a folder that cannot be looked into: ${tooDeep().message}.`,
    {
      safety: 'No snapshot was made anew or removed.',
      remedy: 'Name the other snapshots, to make those anew.',
    },
  )
}
