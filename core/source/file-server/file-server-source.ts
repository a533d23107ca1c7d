import { createSelection } from '../../selection/index.ts'
import type { FileServerDescriptor, PreparedRoot, Source } from '../source.ts'
import { identifyRoot, verifyRoot } from './root-identity.ts'

/** The live files of this machine. */
export function createFileServerSource({ roots, selection }: FileServerDescriptor): Source {
  return {
    async prepare({ signal } = {}) {
      signal?.throwIfAborted()
      // The threads compile it for themselves; what is wrong with it is told before any of them begins.
      createSelection(selection, () => undefined)
      const prepared: PreparedRoot[] = roots.map((path) => ({
        path,
        readFrom: path,
        identity: identifyRoot(Buffer.from(path)),
      }))
      return Promise.resolve({
        roots: prepared,
        reader: { kind: 'file-server' },
        selection,
        verify: () => {
          for (const { path, identity } of prepared) verifyRoot(Buffer.from(path), identity)
        },
        // A live file system was given nothing that could be taken back.
        release: () => Promise.resolve(),
      })
    },
  }
}
