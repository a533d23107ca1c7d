import type { RunEventRow, RunRow, RunStepRow } from '../../database/index.ts'
import type { RunProgress } from '../process/report.ts'

/** Something that happened to a run. */
export type EngineEvent =
  | { readonly type: 'run'; readonly run: RunRow }
  | { readonly type: 'progress'; readonly runId: string; readonly progress: RunProgress }
  | { readonly type: 'step'; readonly step: RunStepRow }
  | { readonly type: 'log'; readonly event: RunEventRow }
  /** A recovery point came, or went. */
  | { readonly type: 'point'; readonly id: string }
