import {
  findPoint,
  findRun,
  listTokens,
  policyRows,
  type Rows,
  setRows,
  sourceRows,
  listPersons,
  vaultRows,
} from '../../database/index.ts'

/** What the audit tells by an id, as people call it: they know no ids. Also what was removed has its last name. */
export async function readObjectNames(rows: Rows): Promise<(id: string | null) => Promise<string | undefined>> {
  const known = new Map<string, string>()
  for (const table of [vaultRows, setRows, sourceRows, policyRows])
    for (const { id, name } of await table.all(rows)) known.set(id, name)
  for (const { id, name } of [...(await listPersons(rows)), ...(await listTokens(rows))]) known.set(id, name)
  return async (id) => {
    if (id === null) return undefined
    const own = known.get(id)
    if (own !== undefined) return own
    // A run or a recovery point is called by what it is of.
    const of = (await findRun(rows, id)) ?? (await findPoint(rows, id))
    return of && (known.get(of.set_id ?? '') ?? known.get(of.vault_id))
  }
}
