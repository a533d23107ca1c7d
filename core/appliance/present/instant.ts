import { formatInstant } from '../../base/index.ts'

/** A moment as the contract says it. */
export function instant(milliseconds: number): string {
  return formatInstant(milliseconds)
}

export function instantOrNull(milliseconds: number | null | undefined): string | null {
  return milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)
    ? null
    : formatInstant(milliseconds)
}
