import { Temporal } from 'temporal-polyfill'

/** On one line, without anything that is not seen: a name that somebody chose must not look like a line of ours. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim()
}

/** A name as it is shown within a sentence. */
export function quoted(name: string): string {
  return `"${oneLine(name)}"`
}

/** As a whole sentence, whatever its end was. */
export function sentence(text: string): string {
  const line = oneLine(text)
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`
}

/** `2026-11-22 03:10 (Europe/Berlin)`. In UTC where there is no such zone. */
export function formatMoment(milliseconds: number, timeZone: string): string {
  const moment = Temporal.Instant.fromEpochMilliseconds(milliseconds)
  try {
    const { year, month, day, hour, minute } = moment.toZonedDateTimeISO(timeZone)
    const [MM, DD, hh, mm] = [month, day, hour, minute].map((part) => String(part).padStart(2, '0'))
    return `${year}-${MM}-${DD} ${hh}:${mm} (${timeZone})`
  } catch {
    return formatMoment(milliseconds, 'UTC')
  }
}
