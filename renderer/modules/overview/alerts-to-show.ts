import type { Alert, Overview } from '../../../core/contract/index.ts'

/** Alerts that nobody has seen yet, at most so many; without those of sets that are named as such: that is said already. */
export function alertsToShow({ alerts, needy }: Pick<Overview, 'alerts' | 'needy'>, most: number): Alert[] {
  const named = new Set(needy.map(({ id }) => id))
  return alerts
    .filter(({ acknowledgedAt, object }) => acknowledgedAt === null && !(object.type === 'set' && named.has(object.id)))
    .slice(0, most)
}
