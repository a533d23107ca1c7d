/** How far a restore is. Bytes are those of files. */
export interface RestoreProgress {
  readonly filesTotal: number
  readonly bytesTotal: number
  readonly foldersTotal: number
  /** Finished, left as they were, or lost. */
  readonly filesDone: number
  /** Written, or right already. */
  readonly bytesDone: number
  readonly bytesWritten: number
  /** Read again, or not to be read again as they stayed what they were. Nothing where nothing is verified. */
  readonly bytesVerified: number
  /** Files left as they were. */
  readonly filesSkipped: number
  /** Files that are not what they were: damaged, missing or not to be written. */
  readonly filesLost: number
}
