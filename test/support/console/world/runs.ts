import type { Run, RunEvent, RunKind, RunState, RunStep } from '../../../../core/contract/index.ts'
import type { Configuration } from './configuration.ts'
import { DAY, GIB, HOUR, idOf, instantAt, MINUTE, NOW } from './ids.ts'

const COUNT = 10_000

const CAUSES: Readonly<Partial<Record<RunState, { code: string; text: string; remedy: string | null }>>> = {
  warning: {
    code: 'files-missed',
    text: '3 files could not be read and are not in this recovery point; all else is.',
    remedy: 'Look at the list of missed files: who may read them, and what held them open. The next run tries again.',
  },
  failed: {
    code: 'storage/unreachable',
    text: 'The folder "/mnt/archive/vault" of the vault "Long-term archive" does not answer.',
    remedy: 'Check that the share is mounted and that its server can be reached. The next scheduled run tries again.',
  },
  cancelled: { code: 'cancelled', text: 'Stopped by m.weber.', remedy: null },
  interrupted: {
    code: 'interrupted',
    text: 'The appliance ended while this was carried out.',
    remedy: 'What was stored so far is safe, and is not stored again.',
  },
  skipped: { code: 'skipped', text: 'What reads the source was not there.', remedy: null },
  queued: {
    code: 'limit',
    text: 'It waits until other runs have ended: only so many go on at the same time.',
    remedy: null,
  },
  waiting: { code: 'retry', text: 'Attempt 1 of 3 failed: the vault did not answer.', remedy: null },
  running: { code: 'begun', text: 'It is being carried out.', remedy: null },
}
/** The newest prune stopped for a person (RET-22). */
const UNCONFIRMED = 11

function waits(run: Run): Run {
  return {
    ...run,
    kind: 'forget',
    state: 'failed',
    cause: {
      code: 'policy/unconfirmed',
      text: 'Stopped for a person to confirm it: 118 of 120 recovery points of Old projects would go at once. Nothing was removed.',
    },
    remedy: 'Look at what the policy keeps. If that is what is wanted, confirm it.',
    result: null,
    canRetry: true,
    needsConfirmation: true,
  }
}

const DONE = { code: 'done', text: 'All of it was done.', remedy: null }

/** The newest first; the newest of them are going on. */
export function makeRuns({ sets, vaults }: Configuration, { isCalm }: { isCalm: boolean }): Run[] {
  return Array.from({ length: COUNT }, (_, index) =>
    index === UNCONFIRMED && !isCalm ? waits(makeRun(index)) : makeRun(index),
  )

  function makeRun(index: number): Run {
    const set = sets[index % sets.length]
    const vault = vaults[index % 5 === 4 ? 1 : 0] ?? vaults[0]
    if (!set || !vault) throw new Error('a run needs a set and a vault')
    const kind: RunKind =
      index % 19 === 11 ? 'prune' : index % 29 === 13 ? 'verify' : index % 31 === 17 ? 'check' : 'backup'
    const state = stateOf(index, isCalm)
    const isActive = state === 'running' || state === 'queued' || state === 'waiting'
    const queued = NOW - 12 * MINUTE - index * 15 * MINUTE
    const length = 4 * MINUTE + ((index * 7919) % 50) * MINUTE
    const cause = CAUSES[state] ?? DONE
    const added = ((index * 104_729) % 4000) * 5_000_000
    return {
      id: idOf(6, COUNT - index),
      kind: isActive ? 'backup' : kind,
      state,
      trigger: index % 23 === 3 ? 'manual' : kind === 'backup' ? 'schedule' : 'system',
      cause: { code: cause.code, text: cause.text },
      set: kind === 'backup' || isActive ? { id: set.id, name: set.name } : null,
      vault: { id: vault.id, name: vault.name },
      requestedBy: index % 23 === 3 ? 'm.weber' : null,
      attempt: state === 'queued' ? 0 : 1,
      mostAttempts: 3,
      queuedAt: instantAt(queued),
      startedAt: state === 'queued' ? null : instantAt(queued + 2000),
      endedAt: isActive ? null : instantAt(queued + length),
      notBefore: state === 'waiting' ? instantAt(NOW + 4 * MINUTE) : null,
      expiresAt: isActive ? instantAt(NOW + 11 * HOUR) : null,
      progress:
        state === 'running'
          ? {
              step: 'read',
              filesDone: 184_203,
              filesTotal: 412_880,
              bytesDone: 213 * GIB,
              bytesTotal: 478 * GIB,
              bytesStored: 6.4 * GIB,
              bytesPerSecond: 312_000_000,
              secondsLeft: 912,
              isEstimate: true,
            }
          : null,
      result: isActive || state === 'failed' || state === 'skipped' ? null : resultOf(kind, state, index, added),
      remedy: cause.remedy,
      canCancel: isActive,
      canRetry: state === 'failed' || state === 'cancelled' || state === 'interrupted',
      needsConfirmation: false,
    }
  }
}

function resultOf(kind: RunKind, state: RunState, index: number, bytesAdded: number): Run['result'] {
  if (kind === 'prune') return { bytesFreed: bytesAdded * 3, packsRemoved: index % 400 }
  if (kind === 'verify') return { filesVerified: 200, filesDiffering: 0 }
  if (kind === 'check') return { damages: 0, hints: 0 }
  return {
    pointId: idOf(7, index),
    filesNew: 120 + (index % 900),
    filesChanged: 340 + (index % 77),
    filesUnmodified: 410_233,
    filesMissed: state === 'warning' ? 3 : 0,
    bytesProcessed: 478 * GIB,
    bytesAdded,
    bytesStored: Math.round(bytesAdded * 0.62),
  }
}

function stateOf(index: number, isCalm: boolean): RunState {
  if (index === 0) return 'running'
  if (isCalm) return 'succeeded'
  if (index === 1) return 'queued'
  if (index === 2) return 'waiting'
  if (index % 97 === 27) return 'failed'
  if (index % 41 === 7) return 'warning'
  if (index % 211 === 50) return 'cancelled'
  if (index % 503 === 77) return 'interrupted'
  return index % 601 === 90 ? 'skipped' : 'succeeded'
}

export function makeRunDetails(
  runs: readonly Run[],
): Map<string, { steps: RunStep[]; events: RunEvent[]; missed: { path: string; kind: string; reason: string }[] }> {
  const shown = runs.filter(({ state }, index) => index < 60 || state === 'failed')
  return new Map(shown.map((run) => [run.id, detailsOf(run)]))
}

function detailsOf(run: Run): {
  steps: RunStep[]
  events: RunEvent[]
  missed: { path: string; kind: string; reason: string }[]
} {
  const start = Date.parse(run.startedAt ?? run.queuedAt)
  const end = run.endedAt === null ? NOW : Date.parse(run.endedAt)
  const isOver = run.endedAt !== null
  const last: RunStep['state'] = isOver
    ? run.state === 'failed'
      ? 'failed'
      : run.state === 'warning'
        ? 'warning'
        : 'done'
    : 'running'
  const steps: RunStep[] =
    run.startedAt === null
      ? []
      : [
          {
            id: 1,
            parent: null,
            name: 'open',
            state: 'done',
            startedAt: instantAt(start),
            endedAt: instantAt(start + 1400),
          },
          {
            id: 2,
            parent: null,
            name: 'read',
            state: last,
            startedAt: instantAt(start + 1400),
            endedAt: isOver ? instantAt(end) : null,
          },
        ]
  const missed =
    run.state === 'warning'
      ? ['/srv/hr-records/2026/salaries.xlsx', '/srv/hr-records/.lock', '/srv/hr-records/archive/old\\xe9.mdb'].map(
          (path, index) => ({
            path,
            kind: index === 1 ? 'vanished' : 'unreadable',
            reason:
              index === 1 ? 'It was there when its folder was read, and was gone afterwards.' : 'Permission denied.',
          }),
        )
      : []
  const lines: Pick<RunEvent, 'level' | 'code' | 'message' | 'object'>[] = [
    { level: 'info', code: 'begun', message: 'Attempt 1 of 3 began.', object: null },
    {
      level: 'info',
      code: 'incremental',
      message: 'Compared with the recovery point of yesterday: unchanged files are not read again.',
      object: '5f2c91d0',
    },
    ...missed.map(({ path, reason }) => ({ level: 'warning' as const, code: 'missed', message: reason, object: path })),
    ...Array.from({ length: run.state === 'running' ? 140 : 6 }, (_, index) => ({
      level: 'info' as const,
      code: 'stored',
      message: `Pack ${(index * 7919 + 4093).toString(16).padStart(8, '0')} was stored.`,
      object: null,
    })),
    ...(run.state === 'failed'
      ? [{ level: 'error' as const, code: run.cause.code, message: run.cause.text, object: run.vault.name }]
      : []),
  ]
  const events = lines.map(({ level, code, message, object }, index) => ({
    level,
    code,
    message,
    object,
    id: index + 1,
    runId: run.id,
    at: instantAt(start + ((end - start) * index) / lines.length),
  }))
  return { steps, events, missed }
}

/** Of the last 14 days, as the overview tells them. */
export function countDays(
  runs: readonly Run[],
): { day: string; succeeded: number; warning: number; failed: number; bytesAdded: number }[] {
  return Array.from({ length: 14 }, (_, index) => {
    const day = instantAt(NOW - (13 - index) * DAY).slice(0, 10)
    const own = runs.filter(({ endedAt }) => endedAt?.slice(0, 10) === day)
    const count = (state: RunState): number => own.filter((run) => run.state === state).length
    return {
      day,
      succeeded: count('succeeded'),
      warning: count('warning'),
      failed: count('failed') + count('interrupted'),
      bytesAdded: own.reduce((sum, run) => sum + (run.result?.bytesAdded ?? 0), 0),
    }
  })
}
