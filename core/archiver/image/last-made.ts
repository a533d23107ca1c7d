import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { remember, remembered } from '../../base/index.ts'

/**
 * What this computer remembers of its last snapshot of a disk. Areas that have changed count from that one: where it is
 * removed, the repository alone cannot tell, and the one before would be taken for it.
 */
export interface LastMade {
  /** The id of the snapshot; `unknown` where the run that made it was ended in between. Undefined: none was made here. */
  readonly snapshot: string | undefined
  /** To be called before a snapshot is stored. */
  storing(): void
  /** To be called when it is stored. Returns whether it will be remembered. */
  stored(id: string): boolean
}

export interface DiskOf {
  /** Id. */
  readonly repository: string
  readonly hostname: string
  readonly name: string
}

const UNKNOWN = 'unknown'

/**
 * Opens the memory of a disk below a folder of the computer's own, which need not be there. Where nothing is remembered the
 * snapshots that there are have to do.
 */
export function openLastMade(folder: string, { repository, hostname, name }: DiskOf): LastMade {
  const disk = createHash('sha256')
    .update(JSON.stringify([repository, hostname, name]))
    .digest('hex')
  const path = join(folder, `${disk}.last`)

  let isWritable = true

  return {
    snapshot: read(path),
    storing() {
      isWritable = remember(path, UNKNOWN)
      // On a full disk it can still be removed. If not, what it says is not the newest, unless that is removed.
      if (!isWritable) forget(path)
    },
    stored: (id) => isWritable && remember(path, id),
  }
}

function forget(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Whoever made the snapshot is told that it is not remembered.
  }
}

function read(path: string): LastMade['snapshot'] {
  const content = remembered(path)
  return content === undefined || /^[0-9a-f]{64}$/.test(content) ? content : UNKNOWN
}
