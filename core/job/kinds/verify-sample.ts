import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { formatBytes, formatCounted, systemChance } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { availableWorkers, type BlobIndex, createTreeLoader, type Repository } from '../../repository/index.ts'
import { restore } from '../../restorer/index.ts'
import { formatEntryPath, loadSnapshot } from '../../snapshot/index.ts'
import type { VerifyOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { countedProgress } from './counted-progress.ts'
import { type Drawn, type DrawnLarge, drawSample } from './draw-sample.ts'
import { withVault } from './open-vault.ts'
import { patternOfPath } from './path-pattern.ts'
import { restoreProgress } from './restore-progress.ts'
import { isUnchanged, type PiecesVerified, verifyPieces } from './verify-pieces.ts'

/**
 * Restores some files of a recovery point, drawn by chance, into a folder of its own, and compares: each restored byte with
 * the hash that the recovery point has of it, and each file that its source still has unchanged with that. Of files that are
 * too large for that a piece is read and compared.
 */
export function verifySample(order: VerifyOrder, context: RunContext): Promise<Outcome> {
  return withVault(order, context, 'shared', async ({ repository, signal }) => {
    const snapshot = await loadSnapshot(repository, order.snapshotId, { signal })
    const index = await repository.loadIndex({ purpose: 'read', signal })
    const tree = Buffer.from(snapshot.tree, 'hex')
    const { files, large } = await context.step('draw', () =>
      drawSample(createTreeLoader(repository, index), tree, order, systemChance, {
        signal,
        onEntry: countedProgress(context, 'draw', null),
      }),
    )
    if (files.length === 0 && large.length === 0) return { ending: 'done', figures: { filesVerified: 0 }, cause: EMPTY }
    const whole =
      files.length === 0 ? NOTHING : await verifyWhole(repository, index, tree, files, order, context, signal)
    const pieces =
      large.length === 0
        ? NOTHING
        : await context.step('pieces', () =>
            verifyPieces(repository, index, large, systemChance, { ...context, signal }),
          )
    return outcomeOf(files, whole, large, pieces)
  })
}

const NOTHING = { bytes: 0, compared: 0, differing: 0, lost: 0 } as const

async function verifyWhole(
  repository: Repository,
  index: BlobIndex,
  tree: Buffer,
  files: readonly Drawn[],
  order: VerifyOrder,
  context: RunContext,
  signal: AbortSignal,
): Promise<PiecesVerified> {
  const folder = await mkdtemp(join(order.scratch, 'verify-'))
  try {
    let lost = 0
    await context.step('restore', () =>
      restore(repository, index, {
        tree,
        target: Buffer.from(folder),
        selection: { includes: files.map(({ path }) => patternOfPath(formatEntryPath(path))) },
        overwrite: 'always',
        sparse: true,
        verify: true,
        dryRun: false,
        workers: availableWorkers(),
        onProgress: restoreProgress(context),
        onProblem({ part, path, reason }) {
          // Owners and the like may be beyond what the appliance may set here.
          if (part !== 'file' && part !== 'size') return
          lost++
          context.missed({ path: printable(path), kind: 'not-restored', reason })
        },
        signal,
      }),
    )
    const compared = await context.step('compare', () => compareAll(files, folder, context))
    return { ...compared, lost, bytes: files.reduce((sum, { size }) => sum + Number(size), 0) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const EMPTY = {
  code: 'nothing-to-verify',
  text: 'The recovery point has no file: all of its folders were read, and there is nothing else in it.',
} as const

async function compareAll(
  drawn: readonly Drawn[],
  folder: string,
  context: RunContext,
): Promise<{ readonly compared: number; readonly differing: number }> {
  const { signal, missed } = context
  const tell = countedProgress(context, 'compare', drawn.length)
  let compared = 0
  let differing = 0
  for (const [done, file] of drawn.entries()) {
    tell(done)
    signal.throwIfAborted()
    if (!(await isUnchanged(file))) continue
    const isSame = await haveSameBytes(file.path, Buffer.concat([Buffer.from(folder), file.path]), signal)
    if (isSame === undefined) continue
    compared++
    if (isSame) continue
    differing++
    missed({ path: printable(file.path), kind: 'differs', reason: 'what was restored is not what the source has' })
  }
  tell(drawn.length)
  return { compared, differing }
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
  files: readonly Drawn[],
  whole: PiecesVerified,
  large: readonly DrawnLarge[],
  pieces: PiecesVerified,
): Outcome {
  const drawn = files.length + large.length
  const compared = whole.compared + pieces.compared
  const differing = whole.differing + pieces.differing
  const lost = whole.lost + pieces.lost
  const figures = {
    filesVerified: drawn - lost,
    filesDiffering: differing,
    filesLost: lost,
    bytesRestored: whole.bytes + pieces.bytes,
  }
  if (lost > 0) {
    return {
      ending: 'failed',
      figures,
      cause: {
        code: 'verify-lost',
        text: `Of ${formatCounted(drawn, 'file')} that were restored or read for a test, ${lost} did not come back.`,
        remedy: 'Check the vault with all of its data: it says what is damaged, and what can still be restored.',
      },
    }
  }
  const parts = [
    ...(files.length > 0
      ? [
          `${formatCounted(files.length, 'file')} of ${formatBytes(whole.bytes)} were restored and match what was backed up`,
        ]
      : []),
    ...(large.length > 0
      ? [
          `of ${formatCounted(large.length, 'large file')} pieces of ${formatBytes(pieces.bytes)} in all were read and match what was backed up`,
        ]
      : []),
    `${compared} of them could be compared with their source`,
  ]
  const joined = parts.join('; ')
  const text = `${joined.charAt(0).toUpperCase()}${joined.slice(1)}.`
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
