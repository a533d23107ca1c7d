import type { Alert, Overview } from '../../../core/contract/index.ts'

/** What is wrong with a set that is named as needing somebody: that nobody has seen yet. */
export function alertsOf({ alerts }: Pick<Overview, 'alerts'>, setId: string): Alert[] {
  return alerts.filter(({ acknowledgedAt, object }) => acknowledgedAt === null && object.id === setId)
}

/** Alerts that nobody has seen yet, at most so many; without those of sets that are named as such: they are told there. */
export function alertsToShow({ alerts, needy }: Pick<Overview, 'alerts' | 'needy'>, most: number): Alert[] {
  const named = new Set(needy.map(({ id }) => id))
  return alerts
    .filter(({ acknowledgedAt, object }) => acknowledgedAt === null && !(object.type === 'set' && named.has(object.id)))
    .slice(0, most)
}
