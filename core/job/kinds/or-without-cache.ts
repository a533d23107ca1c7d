import { CoreError } from '../../base/index.ts'
import { isOfCache } from '../../vault/index.ts'
import type { Order } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { runKind } from '../state/run-kind.ts'

/**
 * CC-12: where the cache of a vault is full, or fails, the work is begun anew with the cloud alone, and the run says so. What
 * the cloud has not got counts as not there: none of it is referred to.
 */
export async function orWithoutCache<O extends Order>(
  order: O,
  context: RunContext,
  work: (order: O) => Promise<Outcome>,
): Promise<Outcome> {
  const { cache } = order.vault
  if (cache === undefined) return work(order)
  try {
    return await work(order)
  } catch (error) {
    if (context.signal.aborted || !(error instanceof CoreError) || !isOfCache(error, cache)) throw error
    context.log({
      level: 'warning',
      code: 'cache-bypassed',
      message: `The cache cannot be used: ${error.message} The run begins anew, with the cloud alone.`,
      object: cache.folder,
    })
    if (runKind(order.kind).makesSnapshot) await context.bypasses()
    const outcome = await work({ ...order, vault: { ...order.vault, cache: undefined } })
    return withoutCache(outcome, error)
  }
}

function withoutCache(outcome: Outcome, { message, remedy = '' }: CoreError): Outcome {
  // What else is wrong is worse.
  if (outcome.ending !== 'done') return outcome
  const text = `It went without the cache, directly to the cloud: ${message}`
  return { ...outcome, ending: 'warning', cause: { code: 'cache-bypassed', text, remedy } }
}
