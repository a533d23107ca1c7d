import { type Clock, CoreError } from '../../base/index.ts'
import { type Catalog, findRun, type RunRow, type Rows, updateRun } from '../../database/index.ts'
import type { Cause } from '../state/cause.ts'
import { isEnd, nextState, type RunEvent, type RunState } from '../state/run-state.ts'

/** Members of a run that change with an event. */
export type RunChange = Partial<
  Pick<
    RunRow,
    'attempt' | 'started_at' | 'not_before' | 'result' | 'needs_confirmation' | 'process' | 'committing' | 'queued_at'
  >
>

/** The one place that changes the state of a run, so that no state is reached but by an event that leads there. */
export interface RunBook {
  /**
   * Notes what happened to a run, if it is in the state (and attempt) that was seen: undefined where it is not, or where
   * that cannot happen in its state. `also` is written in the same transaction.
   */
  note(
    seen: Pick<RunRow, 'id' | 'state' | 'attempt'>,
    event: RunEvent,
    cause: Cause,
    change?: RunChange,
    also?: (rows: Rows) => Promise<void>,
  ): Promise<RunRow | undefined>
  /** The run, as it is. Throws `object/not-found`. */
  find(id: string): Promise<RunRow>
}

export function createRunBook(catalog: Catalog, clock: Clock, onChange: (run: RunRow) => void): RunBook {
  return {
    async note(seen, event, cause, change = {}, also) {
      const state = nextState(seen.state as RunState, event)
      if (state === undefined) return undefined
      const changed = await catalog.transaction(async (rows) => {
        const run = await updateRun(rows, seen, {
          ...change,
          state,
          cause_code: cause.code,
          cause_text: cause.text,
          remedy: cause.remedy ?? null,
          ended_at: isEnd(state) || state === 'interrupted' ? clock.now() : null,
        })
        if (run) await also?.(rows)
        return run
      })
      if (changed) onChange(changed)
      return changed
    },
    async find(id) {
      const run = await findRun(catalog.rows, id)
      if (run) return run
      throw new CoreError('object/not-found', 'There is no such run.', {
        safety: 'Nothing was changed.',
        remedy: 'It may be one of another appliance. Look at the list of runs.',
        context: { id },
      })
    },
  }
}
