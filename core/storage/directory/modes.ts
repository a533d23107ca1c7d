import { join } from 'node:path'

import { systemCode } from '../../base/index.ts'
import { stat } from './system-call.ts'

/** Permissions of what is made in a repository, before the umask. Files are written once and never changed. */
export interface Modes {
  readonly file: number
  readonly folder: number
}

export const MODES_FOR_ONE: Modes = { file: 0o400, folder: 0o700 }

const MODES_FOR_GROUP: Modes = { file: 0o440, folder: 0o770 }

/** As restic does it: a `config` that the group may read opens all that is made later to the group. */
export async function modesOf(root: string): Promise<Modes> {
  try {
    const { mode } = await stat(join(root, 'config'))
    return mode & 0o040 ? MODES_FOR_GROUP : MODES_FOR_ONE
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return MODES_FOR_ONE
  }
}
