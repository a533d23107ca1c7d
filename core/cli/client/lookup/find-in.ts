import type { Alert, BackupSet, Point, Policy, Run, Source, Token, User, Vault } from '../../../contract/index.ts'
import type { ClientSession } from '../client-session.ts'
import { shortId } from '../text/names.ts'
import { ambiguous, findObject, isBeginning, isWholeId, notFound } from './find-object.ts'
import { type AskPage, pagesOf } from './pages.ts'

// What commands are given names of. Each throws as `findObject` does.

export async function findVault({ client, signal }: ClientSession, wanted: string): Promise<Vault> {
  return findObject((await client.vaults.list(undefined, { signal })).items, wanted, 'vault', 'holdfast vault list')
}

export async function findSource({ client, signal }: ClientSession, wanted: string): Promise<Source> {
  return findObject((await client.sources.list(undefined, { signal })).items, wanted, 'source', 'holdfast source list')
}

export async function findPolicy({ client, signal }: ClientSession, wanted: string): Promise<Policy> {
  return findObject((await client.policies.list(undefined, { signal })).items, wanted, 'policy', 'holdfast policy list')
}

export async function findSet({ client, signal }: ClientSession, wanted: string): Promise<BackupSet> {
  return findObject((await client.sets.list(undefined, { signal })).items, wanted, 'backup set', 'holdfast set list')
}

export async function findUser({ client, signal }: ClientSession, wanted: string): Promise<User> {
  return findObject((await client.users.list(undefined, { signal })).items, wanted, 'user', 'holdfast user list')
}

export async function findToken({ client, signal }: ClientSession, wanted: string): Promise<Token> {
  return findObject((await client.tokens.list(undefined, { signal })).items, wanted, 'token', 'holdfast token list')
}

/** "latest" is the newest: of a backup set, where one is given. */
export async function findPoint({ client, signal }: ClientSession, wanted: string, setId?: string): Promise<Point> {
  const ofSet = setId === undefined ? {} : { setId }
  if (wanted === 'latest') {
    const [newest] = (await client.points.list({ limit: 1, ...ofSet }, { signal })).items
    if (newest) return newest
    throw notFound('recovery point', wanted, [], 'holdfast points')
  }
  if (isWholeId(wanted)) return client.points.get({ id: wanted }, { signal })
  // restic's name of it serves as well.
  const isMeant = ({ id, snapshotId }: Point): boolean => isBeginning(wanted, id) || isBeginning(wanted, snapshotId)
  return findInPages(
    (query) => client.points.list({ ...query, ...ofSet }, { signal }),
    wanted,
    'recovery point',
    'holdfast points',
    isMeant,
  )
}

/** "latest" is the newest of all. */
export async function findRun({ client, signal }: ClientSession, wanted: string): Promise<Run> {
  if (wanted === 'latest') {
    const [newest] = (await client.runs.list({ limit: 1 }, { signal })).items
    if (newest) return newest
    throw notFound('run', wanted, [], 'holdfast runs')
  }
  if (isWholeId(wanted)) return client.runs.get({ id: wanted }, { signal })
  return findInPages(
    (query) => client.runs.list(query, { signal }),
    wanted,
    'run',
    'holdfast runs',
    ({ id }) => isBeginning(wanted, id),
  )
}

export async function findAlert({ client, signal }: ClientSession, wanted: string): Promise<Alert> {
  return findInPages(
    (query) => client.alerts.list(query, { signal }),
    wanted,
    'alert',
    'holdfast alerts',
    ({ id }) => isBeginning(wanted, id),
  )
}

async function findInPages<T extends { readonly id: string }>(
  ask: AskPage<T>,
  wanted: string,
  what: string,
  list: string,
  isMeant: (item: T) => boolean,
): Promise<T> {
  const newest: T[] = []
  const found: T[] = []
  for await (const { items } of pagesOf(ask)) {
    if (newest.length === 0) newest.push(...items.slice(0, 5))
    found.push(...items.filter(isMeant))
  }
  const [one] = found
  if (one && found.length === 1) return one
  const named = (items: readonly T[]) => items.map(({ id }) => ({ id, name: shortId(id) }))
  throw found.length > 1 ? ambiguous(what, wanted, named(found)) : notFound(what, wanted, named(newest), list)
}
