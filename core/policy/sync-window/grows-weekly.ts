import type { BacklogPoint } from './backlog.ts'

const WEEK = 7 * 86_400_000
/** Less than that is no growth: parts of bytes are counted. */
const BYTE = 1

/** What waited in a week: when least did, and at its end. */
interface Week {
  readonly low: number
  readonly end: number
}

/**
 * Whether less is brought away than comes: in the last whole week more waits than in the one before, when least does and at
 * its end. By either alone a single large backup would look so, or clocks that are changed. Undefined where there are less
 * than two weeks.
 */
export function growsWeekly(points: readonly BacklogPoint[], from: number, to: number): boolean | undefined {
  const [before, last] = weeksOf(points, from, Math.floor((to - from) / WEEK)).slice(-2)
  if (before === undefined || last === undefined) return undefined
  return last.low > before.low + BYTE && last.end > before.end + BYTE
}

/** A week begins as the one before left it. */
function weeksOf(points: readonly BacklogPoint[], from: number, count: number): Week[] {
  const weeks: Week[] = []
  let end = points[0]?.bytes ?? 0
  let next = 0
  for (let week = 1; week <= count; week++) {
    let low = end
    for (let point = points[next]; point && point.at < from + week * WEEK; point = points[++next]) {
      low = Math.min(low, point.bytes)
      end = point.bytes
    }
    weeks.push({ low, end })
  }
  return weeks
}
