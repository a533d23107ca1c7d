import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { type Abortable, type Chance, formatBytes, formatCounted, systemChance } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { availableWorkers, createTreeLoader, type TreeLoader } from '../../repository/index.ts'
import { restore } from '../../restorer/index.ts'
import { formatEntryPath, loadSnapshot, walkTree } from '../../snapshot/index.ts'
import type { VerifyOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { withVault } from './open-vault.ts'
import { patternOfPath } from './path-pattern.ts'

/** A file of a recovery point that was drawn. */
interface Drawn {
  readonly path: Buffer
  readonly size: bigint
  readonly mtime: bigint
}

/**
 * Restores some files of a recovery point, drawn by chance, into a folder of its own, and compares: each restored byte with
 * the hash that the recovery point has of it, and each file that its source still has unchanged with that.
 */
export function verifySample(order: VerifyOrder, context: RunContext): Promise<Outcome> {
  return withVault(order, context, 'shared', async ({ repository, signal }) => {
    const snapshot = await loadSnapshot(repository, order.snapshotId, { signal })
    const index = await repository.loadIndex({ purpose: 'read', signal })
    const tree = Buffer.from(snapshot.tree, 'hex')
    const drawn = await context.step('draw', () =>
      drawFiles(createTreeLoader(repository, index), tree, order, systemChance, { signal }),
    )
    if (drawn.length === 0) return { ending: 'done', figures: { filesVerified: 0 }, cause: EMPTY }
    const folder = await mkdtemp(join(order.scratch, 'verify-'))
    try {
      const lost: string[] = []
      await context.step('restore', () =>
        restore(repository, index, {
          tree,
          target: Buffer.from(folder),
          selection: { includes: drawn.map(({ path }) => patternOfPath(formatEntryPath(path))) },
          overwrite: 'always',
          sparse: true,
          verify: true,
          dryRun: false,
          workers: availableWorkers(),
          onProblem({ part, path, reason }) {
            // Owners and the like may be beyond what the appliance may set here.
            if (part !== 'file' && part !== 'size') return
            lost.push(printable(path))
            context.missed({ path: printable(path), kind: 'not-restored', reason })
          },
          signal,
        }),
      )
      const { compared, differing } = await context.step('compare', () => compareAll(drawn, folder, context))
      return outcomeOf(drawn, { compared, differing, lost: lost.length })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

const EMPTY = {
  code: 'nothing-to-verify',
  text: 'The recovery point has no file that could be restored for a test.',
} as const

/** Draws without knowing how many there are: each file has the same chance (Vitter, algorithm R), as long as there is room. */
async function drawFiles(
  trees: TreeLoader,
  root: Buffer,
  { mostFiles, mostBytes }: Pick<VerifyOrder, 'mostFiles' | 'mostBytes'>,
  chance: Chance,
  { signal }: Abortable,
): Promise<Drawn[]> {
  const drawn: Drawn[] = []
  let seen = 0
  await walkTree<Buffer>(
    trees,
    root,
    Buffer.alloc(0),
    {
      entry(node, folder) {
        const path = Buffer.concat([folder, Buffer.from('/'), node.name])
        if (node.type === 'dir') return path
        if (node.type !== 'file' || node.size > BigInt(mostBytes)) return undefined
        seen++
        const file = { path, size: node.size, mtime: node.mtime }
        if (drawn.length < mostFiles) drawn.push(file)
        else {
          const place = Math.floor(chance.fraction() * seen)
          if (place < mostFiles) drawn[place] = file
        }
        return undefined
      },
      unreadable(_folder, error) {
        throw error
      },
      pause: () => undefined,
    },
    { signal },
  )
  let left = BigInt(mostBytes)
  return drawn.filter(({ size }) => {
    if (size > left) return false
    left -= size
    return true
  })
}

async function compareAll(
  drawn: readonly Drawn[],
  folder: string,
  { signal, missed }: RunContext,
): Promise<{ readonly compared: number; readonly differing: number }> {
  let compared = 0
  let differing = 0
  for (const file of drawn) {
    signal.throwIfAborted()
    if (!(await isUnchanged(file))) continue
    const isSame = await haveSameBytes(file.path, Buffer.concat([Buffer.from(folder), file.path]), signal)
    if (isSame === undefined) continue
    compared++
    if (isSame) continue
    differing++
    missed({ path: printable(file.path), kind: 'differs', reason: 'what was restored is not what the source has' })
  }
  return { compared, differing }
}

async function isUnchanged({ path, size, mtime }: Drawn): Promise<boolean> {
  try {
    const found = await stat(path, { bigint: true })
    return found.isFile() && found.size === size && found.mtimeNs === mtime
  } catch {
    return false
  }
}

const PIECE = 1024 * 1024

/** Undefined where the source cannot be read (any more). */
async function haveSameBytes(source: Buffer, restored: Buffer, signal: AbortSignal): Promise<boolean | undefined> {
  await using first = await open(source).catch(() => undefined)
  if (first === undefined) return undefined
  await using second = await open(restored).catch(() => undefined)
  if (second === undefined) return false
  const [a, b] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)]
  for (let at = 0; ;) {
    signal.throwIfAborted()
    const { bytesRead: left } = await first.read(a, 0, PIECE, at)
    const { bytesRead: right } = await second.read(b, 0, PIECE, at)
    if (left !== right || !a.subarray(0, left).equals(b.subarray(0, right))) return false
    if (left === 0) return true
    at += left
  }
}

function outcomeOf(
  drawn: readonly Drawn[],
  { compared, differing, lost }: { readonly compared: number; readonly differing: number; readonly lost: number },
): Outcome {
  const bytes = drawn.reduce((sum, { size }) => sum + Number(size), 0)
  const figures = {
    filesVerified: drawn.length - lost,
    filesDiffering: differing,
    filesLost: lost,
    bytesRestored: bytes,
  }
  if (lost > 0) {
    return {
      ending: 'failed',
      figures,
      cause: {
        code: 'verify-lost',
        text: `Of ${formatCounted(drawn.length, 'file')} that were restored for a test, ${lost} did not come back.`,
        remedy: 'Check the vault with all of its data: it says what is damaged, and what can still be restored.',
      },
    }
  }
  const text = `${formatCounted(drawn.length, 'file')} of ${formatBytes(bytes)} were restored and match what was backed up; ${compared} of them could be compared with their source.`
  if (differing === 0) return { ending: 'done', figures, cause: { code: 'verified', text } }
  return {
    ending: 'warning',
    figures,
    cause: {
      code: 'verify-differs',
      text: `${text} ${differing} differ from their source, though its size and time are the same.`,
      remedy:
        'Look at these files: a program changed them and put the time back, or a disk is failing. Back up with all files read.',
    },
  }
}
