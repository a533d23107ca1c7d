import type { Run } from '../../../../core/contract/index.ts'
import { GIB, idOf, instantAt, NOW } from '../world/ids.ts'
import { NIGHTLY } from '../world/policies.ts'
import type { Stage } from './stage.ts'

/** Begins a run as the appliance does, and tells everybody. */
export function startRun({ world, live, count: next }: Stage, of: Pick<Run, 'kind' | 'set' | 'vault'>): Run {
  const template = world.runs[0] ?? EMPTY_RUN
  const run: Run = {
    ...template,
    ...of,
    id: idOf(6, 20_000 + next()),
    state: 'running',
    trigger: 'manual',
    cause: { code: 'begun', text: 'It is being carried out.' },
    requestedBy: 'admin',
    attempt: 1,
    queuedAt: instantAt(NOW),
    startedAt: instantAt(NOW),
    endedAt: null,
    notBefore: null,
    progress: {
      step: 'read',
      filesDone: 812,
      filesTotal: null,
      bytesDone: GIB,
      bytesTotal: null,
      bytesStored: GIB / 3,
      bytesPerSecond: 210_000_000,
      secondsLeft: null,
      isEstimate: false,
    },
    result: null,
    remedy: null,
    canCancel: true,
    canRetry: false,
  }
  world.runs = [run, ...world.runs]
  live.emit({ type: 'run', run })
  return run
}

const EMPTY_RUN = { mostAttempts: NIGHTLY.retries.attempts, expiresAt: null, needsConfirmation: false } as Run
