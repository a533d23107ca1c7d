import type { RunRow } from '../../database/index.ts'
import { nextState, type RunState } from '../state/run-state.ts'
import type { RunRequest } from './run-rules.ts'

/** The row of a run that is asked for now. One that is over already is in the state that this leads to. */
export function runOfRequest(wanted: RunRequest, id: string, now: number): RunRow {
  const { isOver } = wanted
  const asked: RunState = 'queued'
  return {
    id,
    kind: wanted.kind,
    state: (isOver && nextState(asked, isOver)) ?? asked,
    trigger: wanted.trigger,
    cause_code: wanted.cause.code,
    cause_text: wanted.cause.text,
    set_id: wanted.setId,
    source_id: wanted.sourceId,
    vault_id: wanted.vaultId,
    requested_by: wanted.requestedBy,
    attempt: 0,
    most_attempts: wanted.mostAttempts,
    queued_at: now,
    started_at: null,
    ended_at: isOver ? now : null,
    not_before: null,
    expires_at: wanted.expiresAt ?? null,
    scheduled_for: wanted.scheduledFor ?? null,
    wanted: JSON.stringify(wanted.wanted),
    result: null,
    remedy: wanted.cause.remedy ?? null,
    needs_confirmation: 0,
    process: null,
    committing: null,
    executor: null,
  }
}
