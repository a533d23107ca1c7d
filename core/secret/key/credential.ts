import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { CoreError, reasonOf, systemCode } from '../../base/index.ts'
import { KEY_BYTES } from '../sealing-key.ts'
import type { KeySource } from './key-source.ts'

const NAME = 'holdfast-key'
/** 32 bytes, in either alphabet of RFC 4648, padded or not. */
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/

/** systemd.exec(5), "Credentials": a file that only the service sees, sealed on the disk by the machine's own key or TPM. */
export function credentialSource(environment: Readonly<Record<string, string | undefined>>): KeySource {
  return {
    async read() {
      const folder = environment['CREDENTIALS_DIRECTORY']
      if (!folder) return undefined
      const path = join(folder, NAME)
      const content = await readIfThere(path)
      return content && keyOf(content, path)
    },
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw refused(path, `cannot be read: ${reasonOf(error)}`, error)
  }
}

function keyOf(content: Buffer, path: string): Buffer {
  if (content.length === KEY_BYTES) return content
  const text = content.toString('latin1').trim()
  const key = BASE64.test(text) ? Buffer.from(text, 'base64') : undefined
  if (key?.length === KEY_BYTES) return key
  throw refused(path, `is no key: it has to be ${KEY_BYTES} bytes, as they are or in base64`)
}

function refused(path: string, what: string, cause?: unknown): CoreError {
  return new CoreError('secret/no-key', `The systemd credential ${path} ${what}`, {
    cause,
    safety: 'Nothing was changed.',
    remedy: `Give the service its credential \`${NAME}\` as it was (\`LoadCredentialEncrypted=\` in its unit), then start it again.`,
    context: { path },
  })
}
