/** Of which time recovery points are shown. 90 days is where warm ends and cold begins (GEN-11). */
export const PERIODS = ['week', 'month', 'warm', 'cold'] as const
export type Period = (typeof PERIODS)[number]

const DAY = 86_400_000
const DAYS: Readonly<Record<Period, number>> = { week: 7, month: 30, warm: 90, cold: 90 }

export interface PointFilters {
  readonly setId?: string | undefined
  readonly period?: Period | undefined
}

/** As the appliance is asked. `now` is milliseconds since the epoch; by whole minutes, so that nobody asks anew each second. */
export function boundsOf(period: Period | undefined, now: number): { from?: string; until?: string } {
  if (period === undefined) return {}
  const at = new Date(Math.floor(now / 60_000) * 60_000 - DAYS[period] * DAY).toISOString()
  return period === 'cold' ? { until: at } : { from: at }
}

export function filtersOf(query: Readonly<Record<string, unknown>>): PointFilters {
  const { set, period } = query
  return {
    setId: typeof set === 'string' ? set : undefined,
    period: PERIODS.find((known) => known === period),
  }
}

export function queryOf({ setId, period }: PointFilters): Record<string, string> {
  return { ...(setId !== undefined && { set: setId }), ...(period !== undefined && { period }) }
}
