import { CoreError, formatInstant } from '../../base/index.ts'
import type { Owner } from './owner-note.ts'

const SAFETY = 'Nothing was sent and nothing deleted. What the cache holds is safe as long as its disk is.'
const TAKE_OVER = 'take the vault over: `holdfast cache take-over VAULT`.'

export function ownedBy({ appliance, renewed }: Owner): CoreError {
  const since = formatInstant(renewed)
  return new CoreError(
    'cache/not-owner',
    `The appliance ${appliance.name} owns this vault’s place in the cloud: it said so last at ${since}.`,
    {
      safety: SAFETY,
      remedy: `Two caches before one vault would delete what the other refers to. If that appliance is gone for good, ${TAKE_OVER}`,
      context: { owner: appliance.id },
    },
  )
}

export function isCopy({ appliance, renewed }: Owner): CoreError {
  const since = formatInstant(renewed)
  return new CoreError(
    'cache/not-owner',
    `A copy of this appliance (${appliance.name}) has written to the vault at ${since}, or this one was set back to an earlier state.`,
    { safety: SAFETY, remedy: `See that no copy of it runs. Then ${TAKE_OVER}`, context: { owner: appliance.id } },
  )
}

export function unreadable(location: string): CoreError {
  return new CoreError('cache/not-owner', `Nobody can read who owns this vault: ${location} is damaged.`, {
    safety: SAFETY,
    remedy: `Look whether another appliance uses the vault. If none does, ${TAKE_OVER}`,
    context: { location },
  })
}

/** Whoever else writes there at the same moment will be seen by the next look. */
export function outrun(location: string): CoreError {
  return new CoreError('storage/unreachable', `${location} is written by somebody else again and again`, {
    retryable: true,
    safety: SAFETY,
    remedy: 'Look whether another appliance uses the vault.',
    context: { location },
  })
}
