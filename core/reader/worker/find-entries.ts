import type { Abortable } from '../../base/index.ts'
import { toByteString } from '../../file-system/index.ts'
import { leadsTo, mayReach } from '../../identity/index.ts'
import { compileComponent } from '../../selection/index.ts'
import { type TreeReader, walkTree } from '../../snapshot/index.ts'
import { namesOfPath } from '../../vault/index.ts'
import type { FindAsked, Found } from '../messages.ts'
import { asBytes, pathIn, prefixOf } from './entry-path.ts'
import { type EntryRow, entryRow } from './entry-row.ts'
import { findFolder } from './find-entry.ts'
import type { OpenVault } from './open-vault.ts'

interface Folder {
  /** Empty for the root. */
  readonly path: Buffer
  /** Whether all of it may be seen, and all below it: then nobody has to ask for each entry. */
  readonly isAllSeen: boolean
  /** Of the entry behind which the search goes on: the names that lead there from here. */
  readonly way: readonly Buffer[]
}

/** Searches all below a folder, in the order of a walk: each entry before what is in it. */
export async function findEntries(vault: OpenVault, asked: FindAsked, { signal }: Abortable): Promise<Found> {
  const { limit, skip, reach } = asked
  const { user } = reach
  const path = asBytes(asked.path)
  const own = { dataFolder: asBytes(reach.dataFolder) }
  const { test: fits } = compileComponent(toByteString(asked.pattern))
  const state = await vault.state()
  const tree = await findFolder(state, await state.snapshot(asked.snapshotId), path, { signal })

  const entries: EntryRow[] = []
  let met = 0
  let looked = 0
  let last: { readonly path: Uint8Array; readonly looked: number } | undefined
  const enough = new AbortController()

  function note(node: TreeReader, { path: folderPath, isAllSeen }: Folder): void {
    if (!fits(node.name.latin1Slice())) return
    const whole = pathIn(folderPath, node.name)
    if (!isAllSeen && !mayReach(whole, user, own)) return
    if (met++ < skip) return
    if (entries.length === limit) {
      enough.abort()
      return
    }
    entries.push(entryRow(node, folderPath))
    last = { path: Uint8Array.from(whole), looked }
  }

  function below(node: TreeReader, folder: Folder): Folder | undefined {
    if (!node.isDir) return undefined
    const [name, ...way] = folder.way
    const order = name ? node.compareName(name) : 1
    if (order < 0) return undefined
    const whole = pathIn(folder.path, node.name)
    const isAllSeen = folder.isAllSeen || mayReach(whole, user, own)
    if (!isAllSeen && !leadsTo(whole, user, own)) return undefined
    return { path: whole, isAllSeen, way: order === 0 ? way : [] }
  }

  const root: Folder = {
    path: prefixOf(path),
    isAllSeen: mayReach(path, user, own),
    way: asked.after ? namesOfPath(asBytes(asked.after)).slice(namesOfPath(path).length) : [],
  }
  const either = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal
  const walk = walkTree<Folder>(
    state.trees,
    tree,
    root,
    {
      entry(node, folder) {
        if (!isPassed(node, folder.way)) {
          // How many lie beside what may be seen is nobody's business either.
          if (folder.isAllSeen || mayReach(pathIn(folder.path, node.name), user, own)) looked++
          note(node, folder)
        }
        return below(node, folder)
      },
      unreadable: () => undefined,
      pause: () => undefined,
    },
    { signal: either },
  )
  await walk.catch((error: unknown) => {
    if (!enough.signal.aborted) throw error
  })
  return enough.signal.aborted && last
    ? { entries, next: last.path, looked: last.looked }
    : { entries, next: undefined, looked }
}

/** Whether the search has begun behind this entry; it may go on in it. */
function isPassed(node: TreeReader, [name]: readonly Buffer[]): boolean {
  return name !== undefined && node.compareName(name) <= 0
}
