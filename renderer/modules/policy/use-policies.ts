import type { BackupSet, Policy } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'

/** A policy, and what is backed up by it. */
export interface UsedPolicy {
  readonly policy: Policy
  readonly sets: readonly BackupSet[]
}

/** All policies with the sets that use them; asked for again when one of them may have changed. */
export function usePolicies(): Loaded<UsedPolicy[]> {
  const client = useClient()
  return live(
    useLoaded(async (options): Promise<UsedPolicy[]> => {
      const [policies, sets] = await Promise.all([
        client.policies.list(undefined, options),
        client.sets.list(undefined, options),
      ])
      return policies.items.map((policy) => ({ policy, sets: usersOf(policy, sets.items) }))
    }),
  )
}

/** One policy. */
export function usePolicy(id: () => string): Loaded<UsedPolicy> {
  const client = useClient()
  return live(
    useLoaded(
      async (options): Promise<UsedPolicy> => {
        const [policy, sets] = await Promise.all([
          client.policies.get({ id: id() }, options),
          client.sets.list(undefined, options),
        ])
        return { policy, sets: usersOf(policy, sets.items) }
      },
      { key: id },
    ),
  )
}

function usersOf({ id }: Policy, sets: readonly BackupSet[]): BackupSet[] {
  return sets.filter(({ policy }) => policy.id === id).toSorted((a, b) => a.name.localeCompare(b.name))
}

function live<T>(loaded: Loaded<T>): Loaded<T> {
  useLive((event) => {
    if (event.type === 'changed' && (event.kind === 'policy' || event.kind === 'set')) void loaded.reload()
    // Its next run is another one now.
    if (event.type === 'run' && event.run.kind === 'backup') void loaded.reload()
  })
  return loaded
}
