import type { Progress, Run, RunEvent, RunKind, RunResult, RunState, RunStep } from '../../contract/index.ts'
import type { RunEventRow, RunRow, RunStepRow } from '../../database/index.ts'
import { isEnd } from '../../job/index.ts'
import { instant, instantOrNull } from './instant.ts'
import type { Names } from './names.ts'

export function runDto(row: RunRow, names: Names, progress: Progress | undefined): Run {
  const state = row.state as RunState
  const hasEnded = isEnd(state)
  return {
    id: row.id,
    kind: row.kind as RunKind,
    state,
    trigger: row.trigger,
    cause: { code: row.cause_code, text: row.cause_text },
    set: names.set(row.set_id),
    vault: names.vault(row.vault_id),
    requestedBy: row.requested_by,
    attempt: row.attempt,
    mostAttempts: row.most_attempts,
    queuedAt: instant(row.queued_at),
    startedAt: instantOrNull(row.started_at),
    endedAt: instantOrNull(row.ended_at),
    notBefore: instantOrNull(row.not_before),
    expiresAt: instantOrNull(row.expires_at),
    progress: hasEnded ? null : (progress ?? null),
    result: row.result === null ? null : (JSON.parse(row.result) as RunResult),
    remedy: row.remedy,
    canCancel: !hasEnded && state !== 'cancelling',
    canRetry: hasEnded && state !== 'succeeded' && row.kind !== 'catalog-backup',
    needsConfirmation: row.needs_confirmation === 1,
  }
}

export function stepDto({ id, parent, name, state, started_at, ended_at }: RunStepRow): RunStep {
  return {
    id,
    parent,
    name,
    state: state as RunStep['state'],
    startedAt: instant(started_at),
    endedAt: instantOrNull(ended_at),
  }
}

export function runEventDto({ id, run_id, at, level, code, message, object }: RunEventRow): RunEvent {
  return { id, runId: run_id, at: instant(at), level, code, message, object }
}
