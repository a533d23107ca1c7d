import type { Ended } from '../../../contract/index.ts'

/** What a new password has put an end to, in words. */
export function endedText({ sessions, tokens }: Ended): string {
  return `Ended: ${counted(sessions, 'session')}, ${counted(tokens, 'API token')}.`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
