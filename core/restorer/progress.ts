/** How far a restore is. Bytes are those of files. */
export interface RestoreProgress {
  readonly filesTotal: number
  readonly bytesTotal: number
  readonly filesDone: number
  /** Written, or right already. */
  readonly bytesDone: number
  readonly bytesWritten: number
  /** Files left as they were. Counted as done too. */
  readonly filesSkipped: number
  /** Files that are not what they were: damaged, missing or not to be written. Counted as done too. */
  readonly filesLost: number
  readonly foldersTotal: number
}
