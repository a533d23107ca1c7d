import type { RunRow } from '../../database/index.ts'
import type { AttemptTools, BrokenEnd } from './attempt.ts'
import type { RunRules } from './run-rules.ts'
import { settleInterrupted } from './settle-interrupted.ts'

/** Looks what became of interrupted runs, beside the queue: a vault that does not answer keeps only its own runs waiting. */
export interface Settlements {
  /** How an attempt ended that is to be looked at, as far as this process knows. */
  remember(runId: string, end: BrokenEnd): void
  /** Looks at those of which it is not known yet, and that are not being looked at. */
  begin(interrupted: readonly RunRow[]): void
  /** Leaves them to the next start. */
  stop(): Promise<void>
}

export function createSettlements(tools: AttemptTools, rules: RunRules, onSettled: () => void): Settlements {
  const stopping = new AbortController()
  const going = new Map<string, Promise<void>>()
  const ends = new Map<string, BrokenEnd>()

  async function settle(run: RunRow): Promise<void> {
    const { signal } = stopping
    try {
      // What cannot be told yet is asked again when the queue is looked at the next time.
      if (!(await settleInterrupted(run, ends.get(run.id), tools, rules, { signal }))) return
      ends.delete(run.id)
      onSettled()
    } catch (error) {
      if (!signal.aborted) tools.onDefect(error, `what became of run ${run.id}`)
    } finally {
      going.delete(run.id)
    }
  }

  return {
    remember: (runId, end) => void ends.set(runId, end),
    begin(interrupted) {
      if (stopping.signal.aborted) return
      for (const run of interrupted) if (!going.has(run.id)) going.set(run.id, settle(run))
    },
    async stop() {
      stopping.abort()
      await Promise.all(going.values())
    },
  }
}
