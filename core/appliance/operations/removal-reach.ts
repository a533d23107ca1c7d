import { CoreError, isCode } from '../../base/index.ts'
import { type BackupSetRow, type Rows, rootsOfPoints, setRows, type VaultRow } from '../../database/index.ts'
import { mayReach } from '../../identity/index.ts'
import { parseEntryPath } from '../../snapshot/index.ts'
import type { Caller } from '../people/call.ts'
import { contentOf } from '../present/stored.ts'

/** Of folders that are not the caller's, so many are named. */
const MOST_NAMED = 5

/**
 * Refuses to have recovery points removed for somebody whose source roots do not hold all that they are of: of one backup set,
 * or of a whole vault. A prune removes of the vault what was forgotten, whosever it was. Administrators may: roots say what
 * somebody sees and restores, and what is kept is theirs to decide.
 *
 * @throws CoreError `policy/forbidden`: whose points it would concern, and who may.
 */
export async function assertRemovalReach(
  rows: Rows,
  { vault, set, kind }: { readonly vault: VaultRow; readonly set: BackupSetRow | undefined; readonly kind: string },
  { access, sourceRoots }: Caller,
): Promise<void> {
  if ((kind !== 'forget' && kind !== 'prune') || sourceRoots === null || access.includes('administer')) return
  const sets = (await setRows.list(rows)).filter(({ vault_id }) => vault_id === vault.id)
  const isMeant = (setId: string | null): boolean =>
    kind === 'prune' || (set === undefined ? sets.some(({ id }) => id === setId) : setId === set.id)
  const isOwn = (path: string): boolean => {
    try {
      // What is the system's nobody sees of a point but an administrator; whether points of it are kept is another matter.
      return mayReach(parseEntryPath(path), { isAdministrator: true, roots: sourceRoots })
    } catch (error) {
      // A snapshot of another program may say anything of what it is of.
      if (isCode(error, 'input/invalid')) return false
      throw error
    }
  }
  const names = new Map(sets.map(({ id, name }) => [id, name]))
  // What a set protects by now, and what its points are of: somebody may have changed it.
  const meant = [
    ...sets.map((each) => ({ setId: each.id, roots: contentOf(each).roots })),
    ...(await rootsOfPoints(rows, vault.id)),
  ].filter(({ setId }) => isMeant(setId))
  const foreign = meant.filter(({ roots }) => !roots.every(isOwn))
  if (foreign.length > 0) throw refused(vault, kind, [...new Set(foreign.map(({ setId }) => nameOf(setId, names)))])
}

function nameOf(setId: string | null, names: ReadonlyMap<string, string>): string {
  return (setId === null ? undefined : names.get(setId)) ?? 'what no backup set of now has made'
}

function refused({ name }: VaultRow, kind: string, foreign: readonly string[]): CoreError {
  const named = `${foreign.slice(0, MOST_NAMED).join(', ')}${foreign.length > MOST_NAMED ? ', …' : ''}`
  const own = kind === 'forget' ? 'Name a backup set whose folders are all open to you, or ask' : 'Ask'
  return new CoreError(
    'policy/forbidden',
    `A ${kind} there concerns recovery points of folders in ${name} that are not open to you: ${named}.`,
    {
      safety: 'Nothing was removed.',
      remedy: `${own} an administrator, or somebody who may see all of these folders.`,
      context: { object: name },
    },
  )
}
