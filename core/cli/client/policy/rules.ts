import { InvalidArgumentError } from 'commander'

import { parseBytes } from '../../../base/index.ts'
import type { BandwidthWindow, Schedule, ScheduleRule } from '../../../contract/index.ts'
import { parseDuration } from '../../repo/repo-command.ts'
import { ALL_DAYS, monthDaysOf, spanOf, timeOf, weekdaysOf } from './days.ts'

type Days = ScheduleRule['days']

const EVERY_DAY: Days = { type: 'week', weekdays: [...ALL_DAYS] }

/** `22:00` or `12:00,22:00`: every day. */
export function dailyRule(text: string, previous: readonly ScheduleRule[] = []): ScheduleRule[] {
  return [...previous, { type: 'times', days: EVERY_DAY, times: timesOf(text) }]
}

/** `sun@22:00`, `mon-fri@12:00,22:00`. */
export function weeklyRule(text: string, previous: readonly ScheduleRule[] = []): ScheduleRule[] {
  const [days, times] = atOf(text, 'sun@22:00')
  return [...previous, { type: 'times', days: { type: 'week', weekdays: weekdaysOf(days) }, times: timesOf(times) }]
}

/** `1@22:00`, `-1@22:00`: the last day. */
export function monthlyRule(text: string, previous: readonly ScheduleRule[] = []): ScheduleRule[] {
  const [days, times] = atOf(text, '-1@22:00')
  return [...previous, { type: 'times', days: { type: 'month', days: monthDaysOf(days) }, times: timesOf(times) }]
}

/** Minutes of `4h` or `30m`. */
export function minutesOf(text: string): number {
  const minutes = parseDuration(text) / 60_000
  if (Number.isInteger(minutes)) return minutes
  throw new InvalidArgumentError('Give whole minutes or hours, such as 30m or 4h.')
}

/** Again and again, between two times of the days. */
export function intervalRule(everyMinutes: number, between = '00:00-00:00', on: string | undefined): ScheduleRule {
  const [from, until] = spanOf(between)
  const days: Days = on === undefined ? EVERY_DAY : { type: 'week', weekdays: weekdaysOf(on) }
  return { type: 'interval', days, everyMinutes, from, until }
}

/** `20:00-06:00` or `mon-fri@20:00-06:00`. */
export function windowOf(text: string, previous: Schedule['windows'] = []): Schedule['windows'] {
  return [...previous, dayWindow(text)]
}

/** `08:00-18:00=10M` or `mon-fri@08:00-18:00=10M`: bytes a second. */
export function bandwidthOf(text: string, previous: readonly BandwidthWindow[] = []): BandwidthWindow[] {
  const [window, rate = ''] = text.split('=')
  const bytesPerSecond = parseBytes(rate)
  if (window === undefined || rate === '' || bytesPerSecond === undefined)
    throw new InvalidArgumentError(`${text} is no limit: give one such as mon-fri@08:00-18:00=10M.`)
  return [...previous, { ...dayWindow(window), bytesPerSecond }]
}

/** `mon-fri@20:00-06:00=50mbit`, or bytes a second as of `bandwidthOf`. */
export function syncWindowOf(text: string, previous: readonly BandwidthWindow[] = []): BandwidthWindow[] {
  const [window = '', rate = ''] = text.split('=')
  const [, megabits] = /^(\d{1,6})\s*mbit(?:\/s)?$/i.exec(rate) ?? []
  if (megabits === undefined) return bandwidthOf(text, previous)
  return [...previous, { ...dayWindow(window), bytesPerSecond: Number(megabits) * 125_000 }]
}

function dayWindow(text: string): Schedule['windows'][number] {
  const [days, span] = text.includes('@') ? atOf(text, 'mon-fri@20:00-06:00') : [undefined, text]
  const [from, until] = spanOf(span)
  const minutes = (minuteOf(until) - minuteOf(from) + 1440) % 1440
  return {
    weekdays: days === undefined ? [...ALL_DAYS] : weekdaysOf(days),
    start: from,
    minutes: minutes === 0 ? 1440 : minutes,
  }
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function timesOf(text: string): string[] {
  return text.split(',').map(timeOf)
}

function atOf(text: string, example: string): readonly [days: string, rest: string] {
  const [days, rest, ...more] = text.split('@')
  if (days && rest && more.length === 0) return [days, rest]
  throw new InvalidArgumentError(`${text} says no days and time: give such as ${example}.`)
}
