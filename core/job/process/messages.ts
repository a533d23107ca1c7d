import type { CarriedError } from '../../base/index.ts'
import type { Order } from './order.ts'
import type { LogLine, MissedEntry, Outcome, RunProgress, StepReport } from './report.ts'

/** What a run process is told. */
export type ToProcess =
  | { readonly type: 'begin'; readonly order: Order }
  | { readonly type: 'stop' }
  | { readonly type: 'limit'; readonly bytesPerSecond: number | undefined }
  /** The answer to `may-write`. */
  | { readonly type: 'fence'; readonly mayWrite: boolean }

/** What it tells. */
export type FromProcess =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  | { readonly type: 'step'; readonly step: StepReport }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'missed'; readonly entries: readonly MissedEntry[] }
  /** Asked immediately before a snapshot is written: is this still the attempt? */
  | { readonly type: 'may-write' }
  /** From here on it writes to the cloud of its vault, past the cache. */
  | { readonly type: 'bypasses' }
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly error: CarriedError }
  | { readonly type: 'stopped' }
