import { Temporal } from 'temporal-polyfill'

import type { Overview } from '../../contract/index.ts'
import { runsEndedSince, type Rows } from '../../database/index.ts'

const DAYS = 14

/** How backups went on each of the last 14 days of a time zone, today among them. */
export async function dayFigures(rows: Rows, timeZone: string, now: number): Promise<Overview['days']> {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate()
  const first = today.subtract({ days: DAYS - 1 })
  const days = new Map(
    Array.from({ length: DAYS }, (_, at) => {
      const day = first.add({ days: at }).toString()
      return [day, { day, succeeded: 0, warning: 0, failed: 0, bytesAdded: 0 }]
    }),
  )
  for (const { state, ended_at, result } of await runsEndedSince(
    rows,
    'backup',
    first.toZonedDateTime(timeZone).epochMilliseconds,
  )) {
    const day = Temporal.Instant.fromEpochMilliseconds(ended_at).toZonedDateTimeISO(timeZone).toPlainDate().toString()
    const figures = days.get(day)
    if (!figures) continue
    if (state === 'succeeded') figures.succeeded++
    else if (state === 'warning') figures.warning++
    else if (state === 'failed' || state === 'expired' || state === 'interrupted') figures.failed++
    if (result !== null) figures.bytesAdded += (JSON.parse(result) as { bytesStored?: number }).bytesStored ?? 0
  }
  return [...days.values()]
}
