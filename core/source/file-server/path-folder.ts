import { statSync } from 'node:fs'

import { joinPath, type EntryStat, statEntry } from '../../file-system/index.ts'
import type { FolderAddress } from './folder-address.ts'
import { type HeldFolder, wasReplaced } from './held-folder.ts'
import { isIdentity } from './root-identity.ts'

/** A folder whose entries are reached by their whole paths, where nothing better is to be had. */
export function holdByPath({ path, readFrom, identity }: FolderAddress): HeldFolder {
  const place = Buffer.from(readFrom)
  const stat = statSync(place, { bigint: true })
  if (identity && !isIdentity(stat, identity)) throw wasReplaced(path)
  return folderAt(place, stat)
}

function folderAt(readFrom: Buffer, stat: EntryStat): HeldFolder {
  return {
    readFrom,
    stat,
    descriptor: () => undefined,
    place: (name) => (name === undefined ? readFrom : joinPath(readFrom, name)),
    enter(name) {
      const place = joinPath(readFrom, name)
      const found = statEntry(place)
      if (found) return folderAt(place, found)
      throw Object.assign(new Error('There is nothing.'), { code: 'ENOENT' })
    },
    share: () => undefined,
    close() {
      // Nothing is open.
    },
  }
}
