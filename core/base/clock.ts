/** Time as a dependency. Nothing outside this file reads the system clock. */
export interface Clock {
  /** Milliseconds since the epoch. It may jump; never measure a duration with it. */
  now(): number
  /** Milliseconds since an arbitrary moment, never going back. It may stand still while the computer sleeps. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** For libraries that want one. */
export function dateOf(milliseconds: number): Date {
  return new Date(milliseconds)
}

/** RFC 3339 in UTC, to the millisecond. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** A moment as HTTP tells it (RFC 9110, 5.6.7), in milliseconds since the epoch; NaN for what is none. */
export function parseHttpDate(text: string): number {
  return Date.parse(text)
}

/** Milliseconds since the epoch of an RFC 3339 time with any offset; NaN for anything else. Nanoseconds are dropped. */
export function parseInstant(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? Date.parse(text.replace(/(\.\d{3})\d+/, '$1')) : Number.NaN
}

/** How far local time is ahead of UTC at that moment. Minutes. */
export function localOffset(milliseconds: number): number {
  return -Math.round(new Date(milliseconds).getTimezoneOffset())
}

/** Milliseconds since the epoch of a local time; NaN for a day or an hour that there is not. A month counts from 1. */
export function localInstant([
  year = 0,
  month = 1,
  day = 1,
  hour = 0,
  minute = 0,
  second = 0,
]: readonly number[]): number {
  const date = new Date(year, month - 1, day, hour, minute, second)
  // Date counts on: the 30th of February is the second of March. An hour that summer time leaves out is moved by one.
  const isThere = date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60 && second < 60
  return isThere ? date.getTime() : Number.NaN
}
