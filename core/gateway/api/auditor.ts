import type { Appliance, Caller } from '../../appliance/index.ts'
import type { OperationMeta } from '../../contract/index.ts'
import { boundedInput } from './bounded-input.ts'
import { objectOf } from './object-of.ts'
import type { Strangers } from './strangers.ts'

export type Outcome = 'done' | 'refused' | 'failed'

/**
 * What writes down how an operation ended. It never rejects: what was done is answered as done, though nobody can write it
 * down; `onUnrecorded` is told.
 */
export function createAuditor(
  appliance: Pick<Appliance, 'record'>,
  { caller, address }: { readonly caller: Caller | undefined; readonly address: string },
  { access, isAudited = false, tells = [] }: OperationMeta,
  {
    operation,
    input,
    strangers,
    onUnrecorded,
  }: {
    readonly operation: string
    readonly input: unknown
    readonly strangers: Strangers
    readonly onUnrecorded: (error: unknown, operation: string) => void
  },
): (outcome: Outcome, output?: unknown) => Promise<void> {
  if (!isAudited) return () => Promise.resolve()
  return async (outcome, output) => {
    try {
      const isStranger = caller === undefined && outcome !== 'done'
      if (isStranger && !(await strangers.mayBeRecorded(address))) return
      await appliance.record({
        actor: caller?.name ?? (access === 'anyone' ? nameIn(input) : undefined) ?? 'nobody',
        address,
        operation,
        object: objectOf(operation, input, output) ?? null,
        outcome,
        // What nobody answers for is not kept: only who he says he is, and what he wanted.
        input: isStranger ? {} : boundedInput(input),
        told: membersOf(output, tells),
      })
    } catch (error) {
      onUnrecorded(error, operation)
    }
  }
}

/** What the contract has the audit keep of what was answered. */
function membersOf(output: unknown, names: readonly string[]): object {
  if (typeof output !== 'object' || output === null) return {}
  return Object.fromEntries(Object.entries(output).filter(([name]) => names.includes(name)))
}

/** Whoever signs in says who he is. */
function nameIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('name' in input)) return undefined
  return typeof input.name === 'string' ? input.name.slice(0, 64).toWellFormed() : undefined
}
