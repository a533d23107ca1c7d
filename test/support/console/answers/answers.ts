import type { World } from '../world/world.ts'
import { answerAccount } from './account.ts'
import { answerAgents } from './agents.ts'
import { answerAlerts } from './alerts.ts'
import { answerAudit } from './audit.ts'
import { answerCaches } from './caches.ts'
import { answerConfiguration } from './configuration.ts'
import { answerPeople } from './people.ts'
import { answerPoints } from './points.ts'
import { answerPolicies } from './policies.ts'
import { answerProtection } from './protection.ts'
import { answerSession } from './session.ts'
import type { Answers, Live } from './stage.ts'
import { answerVaults } from './vaults.ts'
import { answerWork } from './work.ts'

/** As the real service answers, as far as screens can tell. */
export function makeAnswers(world: World, live: Live): Answers {
  let made = 500
  const stage = { world, live, count: () => made++ }
  return joined(
    answerSession(stage),
    answerAccount(stage),
    answerPeople(stage),
    answerAudit(stage),
    answerWork(stage),
    answerAlerts(stage),
    answerConfiguration(stage),
    answerPoints(stage),
    answerProtection(stage),
    answerPolicies(stage),
    answerVaults(stage),
    answerCaches(stage),
    answerAgents(stage),
  )
}

/** Operations of the same noun may be answered in several places. */
function joined(...parts: readonly Answers[]): Answers {
  const all: Record<string, object> = {}
  for (const part of parts) {
    for (const [noun, operations] of Object.entries(part)) all[noun] = { ...all[noun], ...operations }
  }
  return all
}
