import { dirname, join } from 'node:path'

import { systemCode } from '../../base/index.ts'
import { close, link, open, rename, stat } from './system-call.ts'
import { CONFIG_CLAIM, discard } from './temporary-file.ts'

// FAT, some network and FUSE file systems have no hard links and say so in one of these ways.
const NO_LINKS = new Set<string | undefined>(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'])

/**
 * Gives the temporary file the name `config` unless something has it: of several at once, exactly one succeeds, the
 * others fail with EEXIST. (A rename would replace what the first one made.) The temporary name is gone after success.
 */
export async function publishConfig(temporary: string, config: string): Promise<void> {
  try {
    await link(temporary, config)
  } catch (error) {
    if (!NO_LINKS.has(systemCode(error))) throw error
    await renameAlone(temporary, config)
    return
  }
  await discard(temporary)
}

/** The same without links: who makes the claim file may look and rename. A crash leaves the claim, swept in a day. */
async function renameAlone(temporary: string, config: string): Promise<void> {
  const claim = join(dirname(config), CONFIG_CLAIM)
  await close(await open(claim, 'wx', 0o400))
  try {
    if (await exists(config)) throw Object.assign(new Error(`${config} exists`), { code: 'EEXIST' })
    await rename(temporary, config)
  } finally {
    await discard(claim)
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
