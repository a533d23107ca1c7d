import type { Alert } from '../alert.ts'
import { titleOf } from '../title.ts'
import { formatMoment, oneLine, sentence } from '../words.ts'
import type { Notification } from './notification.ts'
import type { Sender } from './settings.ts'

/** One thing that a message tells. */
export interface ToldAlert {
  readonly event: Notification['event']
  readonly alert: Alert
}

/** A longer subject nobody reads, and some mail programs cut it. Characters. */
const LONGEST_SUBJECT = 150

/** `[Holdfast nas-01] Backup of "Finance" failed`. Always one line, whatever names say. */
export function subjectOf(told: readonly ToldAlert[], sender: Sender): string {
  const [first, ...others] = told.toSorted((a, b) => rank(a) - rank(b)).map(headingOf)
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  const start = `[Holdfast ${oneLine(sender.name)}] `
  const room = Math.max(20, LONGEST_SUBJECT - start.length - more.length)
  return oneLine(start + shortened(first ?? 'A test', room) + more)
}

/** What happened, since when, whether data is safe, what to do: of each alert a part of its own. Plain text. */
export function textOf(told: readonly ToldAlert[], sender: Sender): string {
  const parts = told.toSorted((a, b) => rank(a) - rank(b)).map((each) => partOf(each, sender))
  return `${parts.join('\n\n----\n\n')}\n\n-- \nHoldfast on ${oneLine(sender.name)}. It tells each alert once, and when it is over.\n`
}

/** What is wrong now comes before what is over, the gravest first. */
function rank({ event, alert }: ToldAlert): number {
  return (event === 'over' ? 3 : 0) + ['error', 'warning', 'hint'].indexOf(alert.severity)
}

function headingOf({ event, alert }: ToldAlert): string {
  return event === 'over' ? `Over: ${titleOf(alert)}` : titleOf(alert)
}

function partOf(told: ToldAlert, sender: Sender): string {
  const { event, alert } = told
  const { timeZone, consoleUrl } = sender
  const isOver = event === 'over'
  const times = alert.times > 1 ? `, ${alert.times} times` : ''
  const until = isOver && alert.clearedAt !== null ? [`Until: ${formatMoment(alert.clearedAt, timeZone)}`] : []
  return [
    headingOf(told),
    '',
    ...(isOver ? ['This is over. It was:', ''] : []),
    sentence(alert.message),
    '',
    `Since: ${formatMoment(alert.raisedAt, timeZone)}${times}`,
    ...until,
    ...(isOver ? [] : ['', `What to do: ${sentence(alert.remedy)}`]),
    ...(consoleUrl === null ? [] : ['', consoleLine(consoleUrl)]),
  ].join('\n')
}

/** Where only the computer itself reaches its console, a link that says so is better than one that leads elsewhere. */
function consoleLine(consoleUrl: string): string {
  const link = `${consoleUrl.replace(/\/+$/, '')}/alerts`
  return new URL(consoleUrl).hostname === 'localhost' ? `Console, on that computer itself: ${link}` : `Console: ${link}`
}

/** No letter is cut in two. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length - 1)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}
