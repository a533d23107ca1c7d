import { type Clock, CoreError } from '../../base/index.ts'
import { type Catalog, findRun, type RunRow, type Rows, updateRun } from '../../database/index.ts'
import type { Cause } from '../state/cause.ts'
import { isEnd, nextState, type RunEvent, type RunState } from '../state/run-state.ts'

/** Members of a run that change with an event. */
export type RunChange = Partial<
  Pick<
    RunRow,
    'attempt' | 'started_at' | 'not_before' | 'result' | 'needs_confirmation' | 'process' | 'committing' | 'executor'
  >
>

/** What happened to a run, and what is written with it. */
export interface RunNote {
  readonly event: RunEvent
  readonly cause: Cause
  readonly change?: RunChange | undefined
  /** Written in the same transaction; what it returns changes the run, too. */
  readonly also?: ((rows: Rows) => Promise<RunChange | undefined>) | undefined
}

/** A run as it was when somebody decided about it. Its cause says whether a person wants it stopped. */
export type Seen = Pick<RunRow, 'id' | 'state' | 'attempt' | 'cause_code'>

/** The one place that changes the state of a run, so that no state is reached but by an event that leads there. */
export interface RunBook {
  /**
   * Notes what happened to a run, if it is in the state (and attempt) that was seen, and for the same cause: undefined where
   * it is not, or where that cannot happen in its state.
   */
  note(seen: Seen, what: RunNote): Promise<RunRow | undefined>
  /** Notes several in one transaction: all of them, but for those that are not any more what was seen. */
  noteAll(notes: readonly { readonly seen: Seen; readonly what: RunNote }[]): Promise<void>
  /**
   * Notes what happened to an attempt, whatever state it is in by now: somebody may ask it to stop at any moment. Undefined
   * where it is not that attempt any more, or has ended, or `decide` says nothing.
   */
  noteOf(attempt: RunRow, decide: (now: RunRow) => RunNote | undefined): Promise<RunRow | undefined>
  /** The run, as it is. Throws `object/not-found`. */
  find(id: string): Promise<RunRow>
}

export function createRunBook(catalog: Catalog, clock: Clock, onChange: (run: RunRow) => void): RunBook {
  /** Within a transaction. */
  async function change(rows: Rows, seen: Seen, what: RunNote): Promise<RunRow | undefined> {
    const { event, cause, also } = what
    const state = nextState(seen.state as RunState, event)
    if (state === undefined) return undefined
    const { id, attempt, cause_code } = seen
    const run = await updateRun(
      rows,
      { id, state: seen.state, attempt, cause_code },
      {
        ...what.change,
        state,
        cause_code: cause.code,
        cause_text: cause.text,
        remedy: cause.remedy ?? null,
        ended_at: isEnd(state) ? clock.now() : null,
      },
    )
    const more = run && (await also?.(rows))
    return more ? updateRun(rows, run, more) : run
  }

  async function note(seen: Seen, what: RunNote): Promise<RunRow | undefined> {
    const changed = await catalog.transaction((rows) => change(rows, seen, what))
    if (changed) onChange(changed)
    return changed
  }

  async function find(id: string): Promise<RunRow> {
    const run = await findRun(catalog.rows, id)
    if (run) return run
    throw new CoreError('object/not-found', 'There is no such run.', {
      safety: 'Nothing was changed.',
      remedy: 'It may be one of another appliance. Look at the list of runs.',
      context: { id },
    })
  }

  return {
    note,
    async noteAll(notes) {
      if (notes.length === 0) return
      const changed = await catalog.transaction(async (rows) => {
        const runs: RunRow[] = []
        for (const { seen, what } of notes) {
          const run = await change(rows, seen, what)
          if (run) runs.push(run)
        }
        return runs
      })
      for (const run of changed) onChange(run)
    },
    async noteOf({ id, attempt }, decide) {
      for (;;) {
        const now = await find(id)
        const what = now.attempt === attempt ? decide(now) : undefined
        if (!what || nextState(now.state as RunState, what.event) === undefined) return undefined
        const noted = await note(now, what)
        // Otherwise it went on in between: what it is now is looked at again.
        if (noted) return noted
      }
    },
    find,
  }
}
