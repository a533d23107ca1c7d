import { createMetadataWriter, makeFolder, type SystemCalls, type TargetTree } from '../source/index.ts'
import type { FolderItem } from './file-set.ts'
import type { Problem } from './messages.ts'
import { metadataOf, readNode } from './node-metadata.ts'

/** What became of a folder of a set. */
export type FolderState = 'new' | 'there' | 'refused'

/** Makes folders, and gives them their metadata once everything that lies in them is restored. */
export interface FolderMaker {
  make(folder: FolderItem): FolderState
  /** To be called last: writing into a folder changes its times. */
  finish(): void
}

/** A path's parts: the folder, and the name in it. */
function splitPath(path: Buffer): { readonly parent: Buffer; readonly name: Buffer } {
  const slash = path.lastIndexOf(0x2f)
  return { parent: path.subarray(0, Math.max(0, slash)), name: path.subarray(slash + 1) }
}

export function createFolderMaker(
  target: TargetTree,
  calls: SystemCalls | undefined,
  report: (problem: Problem) => void,
): FolderMaker {
  const metadata = createMetadataWriter(calls)
  const made: FolderItem[] = []
  const states = new Map<string, FolderState>([['', 'there']])

  function tryMake(path: Buffer): FolderState {
    const { parent, name } = splitPath(path)
    const above = states.get(parent.toString('latin1'))
    // Told of the topmost already.
    if (above === 'refused') return 'refused'
    try {
      return makeFolder(target.folder(parent), name) ? 'new' : 'there'
    } catch (error) {
      report({ part: 'file', path, reason: error instanceof Error ? error.message : String(error) })
      return 'refused'
    }
  }

  return {
    make(folder) {
      const key = folder.path.toString('latin1')
      const state = states.get(key) ?? tryMake(folder.path)
      states.set(key, state)
      if (folder.node && state !== 'refused') made.push(folder)
      return state
    },
    finish() {
      for (const { path, node } of made.toReversed()) {
        const { parent, name } = splitPath(path)
        try {
          metadata.toEntry(
            target.folder(parent),
            name,
            'dir',
            metadataOf(readNode(node ?? Buffer.alloc(0))),
            (part, error) => report({ part, path, reason: error instanceof Error ? error.message : String(error) }),
          )
        } catch (error) {
          report({ part: 'times', path, reason: error instanceof Error ? error.message : String(error) })
        }
      }
    },
  }
}
