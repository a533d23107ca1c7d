import { basename, dirname } from 'node:path'

import type { AttributeProblem, Attribute, ByteString, EntryStat } from '../../core/file-system/index.ts'
import type { EntryReader, OpenFile, OpenFolder } from '../../core/source/index.ts'

/** Entries of the file system by their whole paths, each through the folder that it lies in. */
export interface PathReader {
  list(path: Buffer): ByteString[] | undefined
  stat(path: Buffer): EntryStat | undefined
  open(path: Buffer, expected: EntryStat): OpenFile | undefined
  readLink(path: Buffer): Buffer | undefined
  attributes(path: Buffer, problem: AttributeProblem): readonly Attribute[] | undefined
}

export function readByPath(reader: EntryReader): PathReader {
  function within<T>(path: Buffer, work: (folder: OpenFolder, name: ByteString) => T): T | undefined {
    const bytes = path.toString('latin1')
    const parent = Buffer.from(dirname(bytes), 'latin1')
    using folder = reader.openFolder({ path: parent, readFrom: parent })
    return folder && work(folder, basename(bytes))
  }
  return {
    list(path) {
      using folder = reader.openFolder({ path, readFrom: path })
      return folder?.list()
    },
    stat: (path) => within(path, (folder, name) => folder.look(name)?.stat()),
    open: (path, expected) => within(path, (folder, name) => folder.open(name, expected)),
    readLink: (path) => within(path, (folder, name) => folder.readLink(name)),
    attributes: (path, problem) => within(path, (folder, name) => folder.attributes(name, problem)),
  }
}
