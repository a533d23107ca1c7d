import type { World } from '../world/world.ts'
import { answerAlerts } from './alerts.ts'
import { answerConfiguration } from './configuration.ts'
import { answerSession } from './session.ts'
import type { Answers, Live } from './stage.ts'
import { answerWork } from './work.ts'

/** As the real service answers, as far as screens can tell. */
export function makeAnswers(world: World, live: Live): Answers {
  let made = 500
  const stage = { world, live, count: () => made++ }
  return { ...answerSession(stage), ...answerWork(stage), ...answerAlerts(stage), ...answerConfiguration(stage) }
}
