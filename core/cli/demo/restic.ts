import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { systemCode, reasonOf } from '../../base/index.ts'

const run = promisify(execFile)

/** Has stock restic read every byte of a repository. Where there is no restic, nothing is claimed. */
export async function checkWithRestic(
  repository: string,
  passwordFile: string,
): Promise<{ readonly ok: boolean; readonly verdict: string }> {
  try {
    await run('restic', ['-r', repository, '--password-file', passwordFile, '--no-cache', 'check', '--read-data'], {
      maxBuffer: 64 * 1024 * 1024,
    })
    return { ok: true, verdict: 'no errors were found' }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { ok: true, verdict: 'left out: restic is not installed here' }
    return { ok: false, verdict: `failed: ${reasonOf(error)}` }
  }
}
