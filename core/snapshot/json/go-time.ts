import { CoreError } from '../../base/index.ts'
import { writePadded } from './ascii.ts'

const NANOS = 1_000_000_000
const DAY = 86_400

/** Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar. Years start in March: leap days come last. */
const EPOCH_DAY = 719_468
const DAYS_OF_400_YEARS = 146_097

/** Go's zero time, `0001-01-01T00:00:00Z`, in nanoseconds since the epoch. restic writes it where it knows no time. */
export const ZERO_TIME = -62_135_596_800_000_000_000n

const DASH = 0x2d
const COLON = 0x3a
const DOT = 0x2e
const ZERO = 0x30

/** The longest text of a time: `YYYY-MM-DDTHH:MM:SS.nnnnnnnnn±HH:MM`. */
const LONGEST = 35

/** A time split into whole seconds since the epoch and nanoseconds (0 to 999,999,999), without garbage. */
export class SplitTime {
  seconds = 0
  nanos = 0
  readonly #wide = new BigInt64Array(1)
  readonly #halves = new Uint32Array(this.#wide.buffer)

  /** Takes nanoseconds since the epoch: exactly, within some 285 million years of it. */
  set(ns: bigint): void {
    let seconds = Math.floor(Number(ns) / NANOS)
    if (seconds > 1e12 || seconds < -1e12) {
      const nanos = BigInt.asUintN(64, ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)
      this.seconds = Number((ns - nanos) / 1_000_000_000n)
      this.nanos = Number(nanos)
      return
    }
    // The quotient of doubles is at most one off. The remainder is then below 2^31 in size, so that its low 32 bits tell
    // it whole, and they need no arithmetic on BigInts.
    this.#wide[0] = ns
    let nanos = ((this.#halves[0] ?? 0) - Math.imul(seconds, NANOS)) | 0
    if (nanos < 0) {
      nanos += NANOS
      seconds--
    } else if (nanos >= NANOS) {
      nanos -= NANOS
      seconds++
    }
    this.seconds = seconds
    this.nanos = nanos
  }

  /** Reads RFC 3339 text with any zone and any number of decimals (those past nine are cut). False: it is none. */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 20) return false
    const year = digits(bytes, start, 4)
    const month = digits(bytes, start + 5, 2)
    const day = digits(bytes, start + 8, 2)
    const hour = digits(bytes, start + 11, 2)
    const minute = digits(bytes, start + 14, 2)
    const second = digits(bytes, start + 17, 2)
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return false
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false
    if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH || bytes[start + 10] !== 0x54) return false
    if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return false

    let at = start + 19
    let nanos = 0
    if (bytes[at] === DOT) {
      let scale = NANOS / 10
      const first = ++at
      for (; at < end; at++) {
        const digit = (bytes[at] ?? 0) - ZERO
        if (digit < 0 || digit > 9) break
        nanos += digit * scale
        scale = (scale / 10) | 0
      }
      if (at === first) return false
    }
    let offset = 0
    if (bytes[at] === 0x5a) at++
    else {
      offset = zone(bytes, at, end)
      at += 6
    }
    if (at !== end || Number.isNaN(offset)) return false
    this.seconds = daysFromCivil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset * 60
    this.nanos = nanos
    return true
  }

  /** Nanoseconds since the epoch. */
  join(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos)
  }
}

/**
 * Writes times as Go's JSON encoder does: RFC 3339, up to nine decimals, trailing zeros cut. A year that RFC 3339 cannot
 * hold becomes 0000 or 9999 and the rest of the time stays, which is what restic does (its changelog for 0.9.6, issue
 * 2174); 29 February becomes 1 March then, as 9999 is no leap year. Keeps the texts of recent seconds.
 */
export class TimeWriter {
  readonly #split = new SplitTime()
  readonly #seconds = new Float64Array(64).fill(Number.NaN)
  readonly #texts = new Uint8Array(64 * 19)

  /** Writes `ns` since the epoch in the zone `offsetMinutes` east of UTC; returns the position after it. */
  write(target: Uint8Array, at: number, ns: bigint, offsetMinutes = 0): number {
    const split = this.#split
    split.set(ns)
    const seconds = split.seconds + offsetMinutes * 60
    const slot = Math.abs(seconds % 64)
    const text = slot * 19
    if (this.#seconds[slot] !== seconds) {
      writeSeconds(this.#texts, text, seconds)
      this.#seconds[slot] = seconds
    }
    const texts = this.#texts
    for (let i = 0; i < 19; i++) target[at + i] = texts[text + i] ?? 0
    let end = at + 19
    if (split.nanos !== 0) {
      target[end] = DOT
      end = writePadded(target, end + 1, split.nanos, 9)
      while (target[end - 1] === ZERO) end--
    }
    if (offsetMinutes !== 0) return writeZone(target, end, offsetMinutes)
    target[end] = 0x5a
    return end + 1
  }
}

function writeSeconds(target: Uint8Array, at: number, seconds: number): void {
  const days = Math.floor(seconds / DAY)
  const shifted = days + EPOCH_DAY
  const era = Math.floor(shifted / DAYS_OF_400_YEARS)
  const dayOfEra = shifted - era * DAYS_OF_400_YEARS
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  let day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  if (year < 0) year = 0
  if (year > 9999) {
    year = 9999
    if (month === 2 && day === 29) {
      month = 3
      day = 1
    }
  }
  const rest = seconds - days * DAY
  const minutes = Math.floor(rest / 60)
  writePadded(target, at, year, 4)
  target[at + 4] = DASH
  writePadded(target, at + 5, month, 2)
  target[at + 7] = DASH
  writePadded(target, at + 8, day, 2)
  target[at + 10] = 0x54
  writePadded(target, at + 11, Math.floor(minutes / 60), 2)
  target[at + 13] = COLON
  writePadded(target, at + 14, minutes % 60, 2)
  target[at + 16] = COLON
  writePadded(target, at + 17, rest - minutes * 60, 2)
}

function writeZone(target: Uint8Array, at: number, offsetMinutes: number): number {
  const distance = Math.abs(offsetMinutes)
  target[at] = offsetMinutes < 0 ? DASH : 0x2b
  writePadded(target, at + 1, Math.floor(distance / 60), 2)
  target[at + 3] = COLON
  return writePadded(target, at + 4, distance % 60, 2)
}

/** Days since the epoch of a date whose month and day are in range. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_OF_400_YEARS + dayOfEra - EPOCH_DAY
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = (bytes[i] ?? 0) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** Minutes east of UTC that `±HH:MM` at `at` says, or NaN. */
function zone(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 > end || bytes[at + 3] !== COLON) return Number.NaN
  const hours = digits(bytes, at + 1, 2)
  const minutes = digits(bytes, at + 4, 2)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return Number.NaN
  if (bytes[at] === 0x2b) return hours * 60 + minutes
  return bytes[at] === DASH ? -hours * 60 - minutes : Number.NaN
}

/** A moment together with the zone it was written in. restic writes the local zone of the machine. */
export interface ZonedTime {
  /** Nanoseconds since the epoch. */
  readonly ns: bigint
  /** Minutes east of UTC, from -1439 to 1439. */
  readonly offsetMinutes: number
}

/** The text of a time as restic stores it. For documents; trees use a `TimeWriter`. */
export function formatTime({ ns, offsetMinutes }: ZonedTime): string {
  const target = Buffer.allocUnsafe(LONGEST)
  return target.toString('latin1', 0, new TimeWriter().write(target, 0, ns, offsetMinutes))
}

/**
 * Reads a time from RFC 3339 text in any zone.
 * @throws CoreError `repository/damaged` where it is none.
 */
export function parseTime(text: string): ZonedTime {
  const bytes = Buffer.from(text)
  const split = new SplitTime()
  if (!split.parse(bytes, 0, bytes.length)) {
    throw new CoreError('repository/damaged', `${JSON.stringify(text.slice(0, 80))} is not a time as RFC 3339 has it`)
  }
  const offset = text.endsWith('Z') ? 0 : zone(bytes, bytes.length - 6, bytes.length)
  return { ns: split.join(), offsetMinutes: offset }
}
