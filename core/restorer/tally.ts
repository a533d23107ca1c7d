import { defineCounters } from '../base/index.ts'

/** What restore workers count, each in a row of its own. */
export const TALLY = defineCounters(
  'bytesWritten',
  /** Files that got their last byte and their metadata. */
  'filesFinished',
  /** Bytes of restored files that were read again. */
  'bytesVerified',
)
