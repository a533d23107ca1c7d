import type { IncomingMessage } from 'node:http'

import type { Clock } from '../../base/index.ts'
import { createSignInThrottle, digestSecret, isSecretOf } from '../../identity/index.ts'
import type { Agent, DoorLog, FindAgent } from '../agent.ts'
import { Refusal } from '../answer/refusal.ts'
import { readCredentials } from '../request/credentials.ts'

/** Says which agent a request is from. Throws a `Refusal`: 401, or 429 where somebody tries again and again. */
export type Doorkeeper = (request: IncomingMessage) => Promise<Agent>

export interface DoorkeeperOptions {
  readonly findAgent: FindAgent
  readonly log: DoorLog
  readonly clock: Clock
}

const NOBODY = digestSecret('')

/**
 * A right password always goes in, and at once: nobody guesses 256 bits, and whoever fails on purpose, or for an old
 * password, must not keep out others behind the same address. Who fails is made to wait by that address and the name.
 */
export function createDoorkeeper({ findAgent, log, clock }: DoorkeeperOptions): Doorkeeper {
  const throttle = createSignInThrottle({ clock })
  return async ({ headers, socket }) => {
    const given = readCredentials(headers.authorization)
    if (!given) throw whoIsIt()
    const agent = await findAgent(given.name)
    // As long for a name that nobody has.
    const isRight = isSecretOf(agent?.digest ?? NOBODY, given.password)
    if (agent && isRight) return agent
    const address = socket.remoteAddress ?? 'unknown'
    const admission = throttle.admit({ name: `${address} ${given.name}`, address })
    if (!admission.isAdmitted) throw mustWait(admission.wait)
    // Of a name that nobody has it is not told: it may be a password, typed where the name goes.
    log.warn({ address, agent: agent?.name }, 'an agent was refused: the name or the password is wrong')
    throw notIt()
  }
}

const CHALLENGE = { 'www-authenticate': 'Basic realm="Holdfast vault door", charset="UTF-8"' }

function whoIsIt(): Refusal {
  return new Refusal('identity/refused', 'The vault door wants the name and the password of an agent', {
    status: 401,
    headers: CHALLENGE,
    safety: 'Nothing was read or changed.',
    remedy: 'Use the repository file that the appliance gave when the agent was added.',
  })
}

function notIt(): Refusal {
  return new Refusal('identity/refused', 'The name or the password of the agent is wrong', {
    status: 401,
    headers: CHALLENGE,
    safety: 'Nothing was read or changed.',
    remedy: 'Have an administrator give the agent a new password, and put it into its repository file.',
  })
}

function mustWait(wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return new Refusal('service/busy', 'There were too many attempts with a wrong name or password', {
    status: 429,
    headers: { 'retry-after': String(seconds) },
    safety: 'Nothing was read or changed.',
    remedy: `Mend the repository file of the agent, and try again in ${seconds} seconds.`,
  })
}
