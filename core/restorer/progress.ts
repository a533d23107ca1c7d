/** How far a restore is. Bytes are those of files. */
export interface RestoreProgress {
  readonly filesTotal: number
  readonly bytesTotal: number
  readonly filesDone: number
  readonly bytesDone: number
  /** Files left as they were. Counted as done too. */
  readonly filesSkipped: number
  readonly foldersTotal: number
}
