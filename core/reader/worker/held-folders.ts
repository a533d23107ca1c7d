import { createFolderView, type FolderView } from './folder-view.ts'

/** Folders that are looked into one by one. */
export interface HeldFolders {
  /** A folder by its tree. Rejects with what loading it fails with. */
  open(tree: Buffer): Promise<FolderView>
}

/** Trees that stay in memory for whoever looks at the next part of a folder: those that were used last. */
export interface HeldTrees {
  /** The bytes of a tree, if it is held. */
  held(tree: Uint8Array): Buffer | undefined
  over(load: (tree: Buffer) => Promise<Buffer>): HeldFolders
}

/** Bytes: one folder of a million entries, and some more. The last that was used is held whatever its size. */
const MOST_BYTES = 512 * 1024 * 1024
/** What a small one takes beside its bytes. */
const EACH = 1024

const weightOf = (view: FolderView): number => view.tree.length + EACH

export function createHeldFolders(mostBytes: number = MOST_BYTES): HeldTrees {
  /** In the order of their use. */
  const views = new Map<string, FolderView>()
  /** Those that are on their way: nobody loads a second time what another waits for. */
  const loading = new Map<string, Promise<FolderView>>()
  let bytes = 0

  function hold(name: string, view: FolderView): void {
    views.set(name, view)
    bytes += weightOf(view)
    for (const [oldest, other] of views) {
      if (bytes <= mostBytes || oldest === name) break
      views.delete(oldest)
      bytes -= weightOf(other)
    }
  }

  return {
    held: (tree) => views.get(Buffer.from(tree).toString('hex'))?.tree,
    over: (load) => ({
      async open(tree) {
        const name = tree.toString('hex')
        const held = views.get(name)
        if (held) {
          views.delete(name)
          views.set(name, held)
          return held
        }
        const known = loading.get(name)
        if (known) return known
        const coming = load(tree).then((plain) => {
          const view = createFolderView(plain, `Tree ${name}`)
          hold(name, view)
          return view
        })
        loading.set(name, coming)
        try {
          return await coming
        } finally {
          loading.delete(name)
        }
      },
    }),
  }
}
