import { describe, expect, it } from 'vitest'

import type { EntryArchiver } from '../../../../../core/archiver/worker/entry-archiver.ts'
import { createFolderArchiver } from '../../../../../core/archiver/worker/folder-archiver.ts'
import { NO_PARENT } from '../../../../../core/archiver/worker/parent-folder.ts'
import { CoreError } from '../../../../../core/base/index.ts'
import type { Selection } from '../../../../../core/selection/index.ts'
import { TreeWriter } from '../../../../../core/snapshot/index.ts'
import type { OpenFolder } from '../../../../../core/source/index.ts'
import { sampleNode } from '../../snapshot/sample-node.ts'

const NODE_BYTES = 500

interface Archived {
  readonly stored: readonly string[]
  readonly missed: readonly string[]
}

/** Archives folders of so many files each, in a top folder; half of the one named is given to somebody else. */
function archive(
  folders: Readonly<Record<string, number>>,
  shared?: { folder: string; answer: () => Uint8Array },
): Archived {
  const stored: string[] = []
  const missed: string[] = []
  const openFolder = (path: string) =>
    ({
      path: Buffer.from(path),
      place: () => Buffer.from(path),
      list: () => Array.from({ length: folders[path] ?? 0 }, (_, at) => String(at).padStart(6, '0')),
    }) as unknown as OpenFolder
  let isShared = false
  const entries: Pick<EntryArchiver, 'add'> = {
    add({ open, rootDevice }, name, _parent, tree, archiveFolder) {
      if (open.path.toString() !== '/') {
        tree.add(sampleNode(name))
        return true
      }
      const subtree = archiveFolder({ open: openFolder(`/${name}`), rootDevice }, true, undefined)
      if (subtree instanceof Uint8Array) stored.push(name)
      return true
    },
  }
  const archiver = createFolderArchiver({
    selection: { inFolder: () => () => false } as unknown as Selection,
    onlyUtf8Names: false,
    entries: entries as EntryArchiver,
    parents: { open: () => NO_PARENT, receive: () => NO_PARENT },
    sharer: {
      someoneIsIdle: () => shared !== undefined && !isShared,
      share: (place) => {
        if (place.open.path.toString() !== shared?.folder) return undefined
        isShared = true
        return -1
      },
      await: () => shared?.answer() ?? new Uint8Array(0),
    },
    missed: {
      report: (path, kind, reason) => missed.push(`${kind} ${Buffer.from(path).toString()}: ${reason}`),
      unreadable: () => expect.unreachable(),
      attribute: () => expect.unreachable(),
    },
    saveTree: () => Buffer.alloc(32),
    largestTree: 100 * NODE_BYTES,
  })
  const place = { open: openFolder('/'), rootDevice: 0n }
  archiver.addEntries(
    place,
    Object.keys(folders).map((path) => path.slice(1)),
    NO_PARENT,
    new TreeWriter(),
  )
  return { stored, missed }
}

const tooLarge = (): never => {
  throw new CoreError('source/too-large', 'its tree would be larger than 1 TiB')
}

describe('a folder whose tree would be larger than memory here allows', () => {
  it('is missed by its name, and all else is stored', () => {
    const { stored, missed } = archive({ '/before': 20, '/large': 5000, '/behind': 20 })
    expect(stored).toEqual(['before', 'behind'])
    expect(missed).toEqual(['too-large /large: it has 5,000 entries: its tree would be larger than 48.8 KiB'])
  })

  it('is missed where only the part of somebody else is too much, or cannot even be handed over', () => {
    const part = new TreeWriter()
    for (let at = 0; at < 1000; at++) part.add(sampleNode(`9${String(at).padStart(5, '0')}`))
    const nodes = part.finishNodes()
    expect(archive({ '/large': 40, '/behind': 20 }, { folder: '/large', answer: () => nodes })).toEqual({
      stored: ['behind'],
      missed: ['too-large /large: it has 40 entries: its tree would be larger than 48.8 KiB'],
    })
    expect(archive({ '/large': 40, '/behind': 20 }, { folder: '/large', answer: tooLarge })).toEqual({
      stored: ['behind'],
      missed: ['too-large /large: it has 40 entries: its tree would be larger than 1 TiB'],
    })
  })
})
