/** What clocks of a zone show at an instant (RFC 3339), as if they were in UTC. Milliseconds since the epoch. */
export function wallOfInstant(instant: string, timeZone: string): number {
  const at = Date.parse(instant)
  return at + offsetAt(at, timeZone)
}

/** The instant (RFC 3339) at which clocks of a zone show this. `wall`: as `wallOfInstant` tells it. */
export function instantOfWall(wall: number, timeZone: string): string {
  // Twice: the zone's offset at the guess may not be that at the moment itself.
  const first = wall - offsetAt(wall, timeZone)
  return new Date(wall - offsetAt(first, timeZone)).toISOString()
}

/** Milliseconds by which clocks of the zone are ahead of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(instant))
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value)
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return shown - Math.floor(instant / 1000) * 1000
}
