import type { User } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'

/** All users by name, asked for again when one of them has changed. */
export function useUsers(): Loaded<User[]> {
  const client = useClient()
  const loaded = useLoaded(async (options) =>
    (await client.users.list(undefined, options)).items.toSorted((a, b) => a.name.localeCompare(b.name)),
  )
  useLive((event) => {
    if (event.type === 'changed' && event.kind === 'user') void loaded.reload()
  })
  return loaded
}
