import type { Policy, PolicySettings, Source } from '../../../core/contract/index.ts'
import type { Client } from '../../client/index.ts'

// Setting up may be left half-way and come back to: what was made is used, and not made twice.

export async function findOrMakeSource(
  client: Client,
  name: string,
  options: { signal: AbortSignal },
): Promise<Source> {
  const { items } = await client.sources.list(undefined, options)
  // On a new appliance there is none but one that this made before.
  const [own] = items
  if (own !== undefined) return own
  const { host } = await client.settings.about(undefined, options)
  return client.sources.create({ name, settings: { kind: 'file-server', host } }, options)
}

/** Its id. A policy of this name that no set uses yet is from an earlier attempt, and becomes what is asked for now. */
export async function findOrMakePolicy(client: Client, name: string, settings: PolicySettings): Promise<Policy['id']> {
  const { items } = await client.policies.list()
  const left = items.find((policy) => policy.name === name && policy.sets === 0)
  const policy =
    left === undefined ? client.policies.create({ name, settings }) : client.policies.update({ id: left.id, settings })
  return (await policy).id
}
