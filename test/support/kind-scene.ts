import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemChance, systemClock } from '../../core/base/index.ts'
import type { OrderedContent } from '../../core/job/process/order.ts'
import type { LogLine, MissedEntry, RunProgress } from '../../core/job/process/report.ts'
import type { RunContext } from '../../core/job/process/run-context.ts'
import { openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { makeVault } from '../../core/vault/index.ts'

/** A vault, and what the work of a run is given, without a process around it. */
export interface KindScene extends AsyncDisposable {
  readonly folder: string
  /** Where the vault lies. */
  readonly path: string
  readonly context: RunContext
  readonly lines: LogLine[]
  readonly missed: MissedEntry[]
  readonly told: RunProgress[]
  /** What orders of all kinds have in common. */
  base(runId?: string): {
    readonly runId: string
    readonly attempt: number
    readonly programVersion: string
    readonly vault: { id: string; name: string; place: { kind: 'directory'; path: string }; password: string }
    readonly bytesPerSecond: undefined
  }
  content(root: string): OrderedContent
  snapshots(): Promise<string[]>
  open(): Promise<Repository>
}

const PASSWORD = 'of the scene'

export async function openKindScene(
  vaultIn: (folder: string) => string = (folder) => join(folder, 'vault'),
): Promise<KindScene> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-kind-'))
  const path = vaultIn(folder)
  await mkdir(path, { recursive: true })
  await makeVault({ kind: 'directory', path }, PASSWORD, { clock: systemClock, chance: systemChance })
  const lines: LogLine[] = []
  const missed: MissedEntry[] = []
  const told: RunProgress[] = []
  let runs = 0
  return {
    folder,
    path,
    lines,
    missed,
    told,
    context: {
      signal: new AbortController().signal,
      clock: systemClock,
      bandwidth: { bytesPerSecond: undefined },
      progress: (progress) => void told.push(progress),
      step: (_name, work) => work(),
      log: (line) => void lines.push(line),
      bypasses: () => Promise.resolve(),
      missed: (entry) => void missed.push(entry),
      mayWrite: () => Promise.resolve(),
    },
    base: (runId = `run-${++runs}`) => ({
      runId,
      attempt: 1,
      programVersion: 'holdfast 0.0.0-test',
      vault: { id: 'vault', name: 'first', place: { kind: 'directory', path }, password: PASSWORD },
      bytesPerSecond: undefined,
    }),
    content: (root) => ({
      roots: [root],
      excludes: [],
      excludeCaches: false,
      excludeLargerThan: null,
      oneFileSystem: false,
    }),
    snapshots: async () => (await readdir(join(path, 'snapshots'))).toSorted(),
    open: () => openRepository(openDirectoryStorage(path), Buffer.from(PASSWORD)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
