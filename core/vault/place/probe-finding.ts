import type { Abortable, Chance, Clock } from '../../base/index.ts'

/** Something that was found out about a place where a vault is to be. */
export interface ProbeFinding {
  readonly code:
    | 'writable'
    | 'free-space'
    | 'repository-found'
    | 'not-empty'
    | 'same-disk'
    | 'clock'
    | 'reachable'
    | 'range'
    | 'conditional'
    | 'checksum'
    | 'rights'
    | 'versions'
    | 'unencrypted'
  readonly severity: 'good' | 'hint' | 'problem'
  readonly message: string
  readonly remedy: string | undefined
}

export interface PlaceProbe {
  readonly findings: readonly ProbeFinding[]
  readonly hasRepository: boolean
  /** Bytes. */
  readonly bytesFree: number | undefined
}

export interface ProbeOptions extends Abortable {
  readonly clock: Clock
  readonly chance: Chance
  /** Whatever is protected and kept besides: a vault on the same disk goes with it. */
  readonly besides: readonly string[]
}

export function finding(
  code: ProbeFinding['code'],
  severity: ProbeFinding['severity'],
  message: string,
  remedy?: string,
): ProbeFinding {
  return { code, severity, message, remedy }
}

/** A clock that is further off confuses locks and retention. Milliseconds. */
const CLOCK_OFF = 5 * 60 * 1000

/** What it means that the clock of a storage is so many milliseconds ahead of that of this computer, if it means anything. */
export function clockFinding(ahead: number): ProbeFinding | undefined {
  if (Math.abs(ahead) <= CLOCK_OFF) return undefined
  return finding(
    'clock',
    'hint',
    `The clock of the storage is ${Math.round(Math.abs(ahead) / 60_000)} minutes ${ahead > 0 ? 'ahead of' : 'behind'} that of this computer.`,
    'Set both by the same time server.',
  )
}

/** Of a place that has these names in it. */
export function contentFindings(place: string, names: readonly string[]): ProbeFinding[] {
  if (hasRepository(names))
    return [
      finding('repository-found', 'hint', `There is a repository in ${place}.`, 'Give its password to attach it.'),
    ]
  if (names.length === 0) return []
  const remedy = 'Choose an empty folder, or one that is not there yet.'
  return [finding('not-empty', 'problem', `${place} is not empty.`, remedy)]
}

/** restic design.rst, "Repository Layout". A new one in a bucket has no packs yet, and so no folder of them. */
export function hasRepository(names: readonly string[]): boolean {
  return ['config', 'keys'].every((name) => names.includes(name))
}
