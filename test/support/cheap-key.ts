import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { deriveKey } from '../../core/repository/crypto/key-derivation.ts'
import { createSealer, SEAL_OVERHEAD } from '../../core/repository/crypto/seal.ts'

/**
 * Puts keys that are opened in no time in the place of a new repository's own, which take half a second: tests open a
 * repository hundreds of times. They are keys like any others, for restic too. All, unless they are named, are of this
 * password.
 */
export async function cheapenKey(repository: string, password: string, names?: readonly string[]): Promise<void> {
  const folder = join(repository, 'keys')
  for (const name of names ?? keysIn(repository)) {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>
    const salt = Buffer.from(String(file['salt']), 'base64')
    const sealed = Buffer.from(String(file['data']), 'base64')
    const plain = Buffer.alloc(sealed.length - SEAL_OVERHEAD)
    const { N, r, p } = file as { N: number; r: number; p: number }
    createSealer(await deriveKey(password, { N, r, p, salt })).open(sealed, plain)
    const cheap = { N: 1024, r: 8, p: 1 }
    createSealer(await deriveKey(password, { ...cheap, salt })).seal(plain, sealed, 0)
    const stored = JSON.stringify({ ...file, ...cheap, data: sealed.toString('base64') })
    writeFileSync(join(folder, createHash('sha256').update(stored).digest('hex')), stored)
    rmSync(join(folder, name))
  }
}

/** The names of a repository's keys. One that was not finished is none. */
export function keysIn(repository: string): string[] {
  return readdirSync(join(repository, 'keys')).filter((name) => !name.includes('-tmp-'))
}
