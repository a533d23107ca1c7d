import type { Handle } from '../../storage/index.ts'
import type { Agent } from '../agent.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Receipt } from '../receipt/receipts.ts'

/** Throws a `Refusal` unless the agent may remove that file, which `receipt` says who brought. */
export function assertMayRemove(agent: Agent, { kind }: Handle, receipt: Receipt | undefined): void {
  // Its own one an agent removes in each mode: without that nobody could back up.
  if (kind === 'lock') {
    if (receipt?.agent !== agent.id) throw foreignLock()
    return
  }
  if (agent.mode === 'append-only') throw appendOnly()
  if (kind === 'config') throw notConfig()
}

const UNHARMED = 'Nothing was removed.'

function foreignLock(): Refusal {
  return new Refusal('policy/forbidden', 'This lock is not of this agent: only who made it removes it', {
    status: 403,
    safety: UNHARMED,
    remedy: 'Wait until its owner has ended. Where it was left behind, have the appliance remove it.',
  })
}

function appendOnly(): Refusal {
  return new Refusal('storage/readonly', 'This agent may only add: it removes nothing', {
    status: 403,
    safety: UNHARMED,
    remedy: 'Retention and prune are done by the appliance. An administrator there may remove recovery points.',
  })
}

function notConfig(): Refusal {
  return new Refusal('policy/forbidden', 'The config of a vault is never removed through this door', {
    status: 403,
    safety: UNHARMED,
    remedy: 'Without it nothing in the vault could be read. A vault that is to go is removed on the appliance.',
  })
}
