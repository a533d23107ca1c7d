export const DAY_MINUTES = 24 * 60

/** Minutes since midnight of `22:00`. Undefined where it is none. */
export function minutesOf(time: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  return hours === undefined || minutes === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

/** `22:00` of minutes since midnight, of whatever day. */
export function timeOf(minutes: number): string {
  const at = ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
}

/** How long it is from one time of day to another: a whole day where they are the same. Minutes. */
export function minutesUntil(from: string, until: string): number | undefined {
  const [start, end] = [minutesOf(from), minutesOf(until)]
  if (start === undefined || end === undefined) return undefined
  return ((end - start + DAY_MINUTES - 1) % DAY_MINUTES) + 1
}
