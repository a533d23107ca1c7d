import { z } from 'zod'

/** RFC 3339 in UTC, to the millisecond: `2026-11-22T22:00:00.000Z`. */
export const Instant = z.iso.datetime({ precision: 3 }).meta({ description: 'RFC 3339 in UTC, to the millisecond.' })

/** `22:00`, from `00:00` to `23:59`. */
export const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Give a time such as 22:00.')

/** Monday is 1, Sunday 7 (ISO 8601). */
export const Weekday = z.int().min(1).max(7)

/** An IANA name such as `Europe/Berlin`. Whether there is such a zone is for the appliance to say. */
export const TimeZone = z.string().min(1).max(64)
