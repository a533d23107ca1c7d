/** How far a run is. Totals are null while nobody knows. */
export interface RunProgress {
  readonly step: string
  readonly filesDone: number
  readonly filesTotal: number | null
  readonly bytesDone: number
  readonly bytesTotal: number | null
  readonly bytesStored: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
  /** The totals are what the last backup held. */
  readonly isEstimate: boolean
}

/** A line of a run's log. */
export interface LogLine {
  readonly level: 'info' | 'warning' | 'error'
  readonly code: string
  readonly message: string
  readonly object?: string | undefined
}

/** Something that was missed, or not brought back. */
export interface MissedEntry {
  readonly path: string
  readonly kind: string
  readonly reason: string
}

export type StepState = 'running' | 'done' | 'warning' | 'failed' | 'stopped'

export interface StepReport {
  readonly id: number
  readonly parent: number | null
  readonly name: string
  readonly state: StepState
}

/** A snapshot that a run has made. */
export interface MadePoint {
  readonly snapshotId: string
  readonly host: string
  readonly roots: readonly string[]
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly completedAt: number
  /** `+01:00`. */
  readonly timeZone: string
  readonly kind: 'full' | 'incremental'
  readonly filesMissed: number
  readonly isComplete: boolean
  /** Undefined where the snapshot does not say. */
  readonly files: number | undefined
  readonly bytes: number | undefined
  readonly bytesAdded: number | undefined
}

/** Numbers of what a run did; those that its kind has. */
export type RunFigures = Readonly<Record<string, number>>

/** How an attempt ended by itself. */
export interface Outcome {
  readonly ending: 'done' | 'warning' | 'failed'
  /** What is to be known of it, in a sentence, and what to do. */
  readonly cause?: { readonly code: string; readonly text: string; readonly remedy?: string | undefined } | undefined
  readonly point?: MadePoint | undefined
  readonly figures: RunFigures
  /** Ids of snapshots that were removed. */
  readonly removed?: readonly string[] | undefined
}
