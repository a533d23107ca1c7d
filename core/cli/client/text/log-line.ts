import type { RunEvent } from '../../../contract/index.ts'
import type { Output } from '../../output.ts'
import { timeOfDay } from './when.ts'

/** A line of a run's log. */
export function writeLogLine(output: Output, event: RunEvent): void {
  const mark = event.level === 'info' ? '' : `${event.level}: `
  output.say(`${timeOfDay(event.at)}  ${mark}${event.message}${event.object === null ? '' : ` (${event.object})`}`)
  output.emit({ message_type: 'log', ...event })
}
