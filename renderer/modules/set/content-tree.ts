/** An entry of a source, as it is now. */
export interface SourceEntry {
  readonly name: string
  readonly path: string
  readonly type: 'folder' | 'file' | 'link' | 'other'
  readonly isIncluded: boolean | null
}

/** What is known of a folder: part of its entries, where the next begin, and what is under way. */
export interface TreeFolder {
  readonly entries: readonly SourceEntry[]
  readonly next: string | null
  readonly isLoading: boolean
  readonly problem: string | undefined
}

/**
 * - `root`: chosen itself. `in`: below one that is chosen, and backed up.
 * - `out`: below one that is chosen, and left out. `away`: below none that is chosen.
 */
export type Belonging = 'root' | 'in' | 'out' | 'away'

export type TreeRow =
  | {
      readonly kind: 'entry'
      readonly key: string
      readonly level: number
      readonly entry: SourceEntry
      readonly isOpen: boolean
      readonly belonging: Belonging
      readonly isChosen: boolean
      /** Something below it is chosen. */
      readonly leadsToRoot: boolean
    }
  | { readonly kind: 'more' | 'loading' | 'empty'; readonly key: string; readonly level: number; readonly path: string }
  | {
      readonly kind: 'problem'
      readonly key: string
      readonly level: number
      readonly path: string
      readonly text: string
    }

/** Whether a path is another one or below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

/** The rows that are to be shown, from the top on: what is in an open folder follows it. */
export function rowsOf({
  folders,
  open,
  roots,
}: {
  readonly folders: ReadonlyMap<string, TreeFolder>
  readonly open: ReadonlySet<string>
  readonly roots: readonly string[]
}): TreeRow[] {
  const rows: TreeRow[] = []
  add('/', 1, roots.includes('/') ? 'in' : 'away')
  return rows

  function add(path: string, level: number, above: Belonging): void {
    const folder = folders.get(path)
    const key = (kind: string): string => `${kind} ${path}`
    if (!folder) return
    for (const entry of folder.entries) {
      const belonging = belongingOf(entry, above)
      const isOpen = entry.type === 'folder' && open.has(entry.path)
      const leadsToRoot = roots.some((root) => root !== entry.path && isWithin(root, entry.path))
      rows.push({
        kind: 'entry',
        key: key(entry.name),
        level,
        entry,
        isOpen,
        belonging,
        isChosen: roots.includes(entry.path),
        leadsToRoot,
      })
      if (isOpen) add(entry.path, level + 1, belonging)
    }
    if (folder.problem !== undefined) rows.push({ kind: 'problem', key: key('!'), level, path, text: folder.problem })
    else if (folder.isLoading && folder.entries.length === 0) rows.push({ kind: 'loading', key: key('…'), level, path })
    else if (folder.entries.length === 0) rows.push({ kind: 'empty', key: key('0'), level, path })
    else if (folder.next !== null) rows.push({ kind: 'more', key: key('+'), level, path })
  }

  // Patterns leave out a folder that is chosen, too: what reads it looks at every path that it meets, also at the first.
  function belongingOf({ path, isIncluded }: SourceEntry, above: Belonging): Belonging {
    if (roots.includes(path)) return isIncluded === false ? 'out' : 'root'
    if (above === 'away') return 'away'
    return above === 'out' || isIncluded === false ? 'out' : 'in'
  }
}
