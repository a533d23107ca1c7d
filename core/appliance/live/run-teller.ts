import type { LiveEvent } from '../../contract/index.ts'
import { type Catalog, type RunRow } from '../../database/index.ts'
import { type Engine, type EngineEvent, isEnd, runKind, type RunState } from '../../job/index.ts'
import type { Log } from '../data/open-log.ts'
import { readNames } from '../present/names.ts'
import { runDto, runEventDto, stepDto } from '../present/run-dto.ts'
import type { VaultReaders } from '../runs/vault-readers.ts'

export interface RunTellerOptions {
  readonly catalog: Catalog
  readonly readers: Pick<VaultReaders, 'renew'>
  readonly log: Log
  readonly publish: (event: LiveEvent) => void
  readonly progressOf: Engine['progressOf']
  /** Told of a run that has ended, after everybody else. What it begins is waited for by nobody. */
  readonly onEnd: (run: RunRow) => void
}

/** Tells clients what the engine tells, one thing after the other: what comes later is never told earlier. */
export interface RunTeller {
  tell(event: EngineEvent): void
  /** Resolves when all has been told. */
  close(): Promise<void>
}

export function createRunTeller({ catalog, readers, log, publish, progressOf, onEnd }: RunTellerOptions): RunTeller {
  let telling: Promise<void> = Promise.resolve()

  async function tellOne(event: EngineEvent): Promise<void> {
    switch (event.type) {
      case 'run': {
        const { run } = event
        const hasEnded = isEnd(run.state as RunState)
        // Whoever hears of the end may look into the vault at once.
        if (hasEnded && runKind(run.kind).changesPoints) readers.renew(run.vault_id)
        publish({ type: 'run', run: runDto(run, await readNames(catalog.rows), progressOf(run.id)) })
        if (hasEnded) onEnd(run)
        break
      }
      case 'progress':
        publish(event)
        break
      case 'step':
        publish({ type: 'step', runId: event.step.run_id, step: stepDto(event.step) })
        break
      case 'log':
        publish({ type: 'log', event: runEventDto(event.event) })
        break
      case 'point':
        publish({ type: 'changed', kind: 'point', id: event.id })
        break
    }
  }

  return {
    tell(event) {
      telling = telling
        .then(() => tellOne(event))
        .catch((error: unknown) => log.error({ err: error }, 'an event was not told'))
    },
    close: () => telling,
  }
}
