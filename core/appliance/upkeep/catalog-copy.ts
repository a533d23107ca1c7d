import { createHmac, hash } from 'node:crypto'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { formatInstant } from '../../base/index.ts'
import type { Catalog } from '../../database/index.ts'
import { catalogKeyOf } from './catalog-key.ts'

/** A copy of the catalog that is to be written. */
export interface CatalogCopy {
  readonly catalog: Catalog
  /** Emptied and filled. */
  readonly folder: string
  /** Of the vault that it goes into: whoever has that vault's recovery kit can tell that the copy is genuine. */
  readonly password: string
  readonly appliance: () => string
  readonly now: () => number
}

/** The files of a copy. */
const COPY_FILE = 'catalog.db'
const COPY_SIGNATURE = 'catalog.json'

/** What a copy says of itself, signed. */
export interface CopySignature {
  readonly version: 1
  readonly appliance: string
  readonly made: string
  /** Of the copied file, in hexadecimal digits. */
  readonly sha256: string
  /** HMAC-SHA256 with the vault's catalog key over all of the above, base64url. */
  readonly signature: string
}

/** Sessions and tokens let somebody in: they are nobody's business but this appliance's. */
const LEFT_OUT = ['session', 'token']

/** Writes a copy of the catalog without sessions and tokens, and signs it. */
export async function writeCatalogCopy({ catalog, folder, password, appliance, now }: CatalogCopy): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, COPY_FILE)
  await catalog.copyTo(file)
  leaveOut(file)
  const said = {
    version: 1,
    appliance: appliance(),
    made: formatInstant(now()),
    sha256: hash('sha256', await readFile(file), 'hex'),
  } as const
  const signed: CopySignature = { ...said, signature: signatureOf(said, catalogKeyOf(password)) }
  await writeFile(join(folder, COPY_SIGNATURE), `${JSON.stringify(signed, undefined, 2)}\n`, { mode: 0o600 })
  await using handle = await open(file, 'r')
  await handle.sync()
}

function leaveOut(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    copy.exec('PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;')
    for (const table of LEFT_OUT) copy.exec(`DELETE FROM ${table}`)
    copy.exec('VACUUM')
  } finally {
    copy.close()
  }
}

function signatureOf(said: Omit<CopySignature, 'signature'>, key: Buffer): string {
  const { version, appliance, made, sha256 } = said
  return createHmac('sha256', key)
    .update(JSON.stringify([version, appliance, made, sha256]))
    .digest('base64url')
}
