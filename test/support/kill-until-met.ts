import type { KilledRun, Moment } from './run-and-kill.ts'
import type { seededChance } from './seeded-chance.ts'

/** So many moments are drawn for each kill that is wanted. More: they are chosen wrongly. */
const MOST_DRAWS = 4
/** And where few are wanted, so many: chance may be against them for a while. */
const LEAST_DRAWS = 40

/**
 * Runs something and kills it, at moments drawn from all that a whole run does, until so many kills have met it at work. The
 * first run is whole: it tells how much there is to draw from. Where the machine becomes faster or slower meanwhile, the
 * range follows: each run that was met may have had more to come, and each that had ended before its kill had less.
 *
 * `round` prepares, runs with the moment, and expects what must hold; its number counts what was drawn.
 */
export async function killUntilMet(
  wanted: number,
  chance: ReturnType<typeof seededChance>,
  round: (moment: Moment | undefined, number: number) => Promise<KilledRun>,
): Promise<void> {
  const whole = await round(undefined, 0)
  if (whole.changes === 0) throw new Error(`A whole run changes nothing: ${whole.stderr}`)
  const range = { changes: whole.changes, worked: whole.worked }
  let met = 0
  for (let number = 1; met < wanted; number++) {
    if (number > Math.max(LEAST_DRAWS, wanted * MOST_DRAWS)) {
      throw new Error(
        `Only ${met} of ${number - 1} kills met the process at work, and ${wanted} are wanted: the moments are chosen wrongly.`,
      )
    }
    // Most do harm, if at all, between two changes; some come at any time, such as while it only reads.
    const by = number % 4 === 0 ? 'worked' : 'changes'
    const moment: Moment =
      by === 'worked'
        ? { after: chance.fraction() * range.worked }
        : { change: 1 + chance.below(Math.ceil(range.changes)) }
    const run = await round(moment, number)
    if (run.killed) met++
    range[by] *= run.killed ? 1.02 : 0.8
  }
}
