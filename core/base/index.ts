/**
 * Base holds what every room needs and no room owns.
 *
 * - **Clock**, **Chance**: the one source of time and of randomness; tests bring their own.
 * - **CoreError**: an error that a person may see.
 * - **Abortable**: what every slow function takes, last.
 */
export { type Abortable, sleep } from './abort.ts'
export { addressKey } from './address-key.ts'
export { argumentBytes, isTextArgument, readArguments } from './argument-bytes.ts'
export { type Chance, systemChance } from './chance.ts'
export {
  type Clock,
  dateOf,
  formatInstant,
  localInstant,
  localOffset,
  parseHttpDate,
  parseInstant,
  systemClock,
} from './clock.ts'
export {
  CoreError,
  type CoreErrorOptions,
  DEFECT_ADVICE,
  type ErrorCode,
  isCode,
  reasonOf,
  systemCode,
  withSafety,
} from './error.ts'
export { retry, type RetryOptions, waitBeforeRetry } from './retry.ts'
export { formatBytes, formatCount, formatCounted, formatDuration, parseBytes } from './format.ts'
export { arrivedError, type CarriedError, carryError } from './carried-error.ts'
export {
  type JobCrew,
  type JobKinds,
  type JobServer,
  newStopped,
  serveJobs,
  createSayer,
  startJobCrew,
  type Stopped,
  stopTest,
} from './job-crew.ts'
export { count, type CounterRow, type Counters, defineCounters } from './counters.ts'
export { createGate, type Gate } from './gate.ts'
export { createKeyedGate, type KeyedGate } from './keyed-gate.ts'
export { createLatestUsed, type LatestUsed } from './latest-used.ts'
export { makeFolder } from './make-folder.ts'
export { newId } from './new-id.ts'
export { createNumberReader, createNumberWriter, type NumberReader, type NumberWriter } from './number-bytes.ts'
export { createTurns } from './turn.ts'
export { inParallel } from './in-parallel.ts'
export { runAtOnce } from './run-at-once.ts'
export { bootId, processPlace } from './process-place.ts'
export { remember, remembered } from './remembered.ts'
