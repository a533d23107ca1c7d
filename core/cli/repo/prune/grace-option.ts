import { parseDuration } from '../repo-command.ts'

/** Milliseconds of `48h`, or `0`. Whether it is too long is asked where the command runs. */
export function parseGrace(text: string): number {
  return text === '0' ? 0 : parseDuration(text)
}
