import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'

import { z } from 'zod'

import { formatInstant } from '../../base/index.ts'
import type { Catalog } from '../../database/index.ts'
import { createSealingKey, type SealingKey } from '../../secret/index.ts'
import { resealAll } from './sealed-values.ts'

/** A copy of the catalog that is to be written. */
export interface CatalogCopy {
  readonly catalog: Catalog
  /** What is secret in the catalog is sealed with it, and in the copy with the catalog key. */
  readonly key: SealingKey
  /** Whoever has a recovery kit has it: it tells that the copy is genuine, and opens what is secret in it. */
  readonly catalogKey: Buffer
  /** Emptied and filled. */
  readonly folder: string
  readonly appliance: () => string
  readonly now: () => number
}

/** The files of a copy. */
export const COPY_FILE = 'catalog.db'
export const COPY_SIGNATURE = 'catalog.json'

/** What a copy says of itself, signed. */
const Signed = z.object({
  version: z.literal(1),
  appliance: z.string(),
  made: z.string(),
  /** Of the copied file, in hexadecimal digits. */
  sha256: z.string(),
  /** HMAC-SHA256 with the catalog key over all of the above, base64url. */
  signature: z.string(),
})
type Signed = z.output<typeof Signed>

/** Sessions and tokens let somebody in: they are nobody's business but this appliance's. */
const LEFT_OUT = ['session', 'token']

/** Writes a copy of the catalog without sessions and tokens, and signs it. */
export async function writeCatalogCopy({
  catalog,
  key,
  catalogKey,
  folder,
  appliance,
  now,
}: CatalogCopy): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, COPY_FILE)
  await catalog.copyTo(file)
  prepare(file, (copy) => {
    for (const table of LEFT_OUT) copy.exec(`DELETE FROM ${table}`)
    resealAll(copy, key, createSealingKey(catalogKey))
  })
  const said = {
    version: 1,
    appliance: appliance(),
    made: formatInstant(now()),
    sha256: await sha256Of(file),
  } as const
  const signed: Signed = { ...said, signature: signatureOf(said, catalogKey) }
  await writeFile(join(folder, COPY_SIGNATURE), `${JSON.stringify(signed, undefined, 2)}\n`, { mode: 0o600 })
  await using handle = await open(file, 'r')
  await handle.sync()
}

/** Changes a copy. What goes is overwritten, also in pages that are free then. */
export function prepare(file: string, change: (copy: DatabaseSync) => void): void {
  const copy = new DatabaseSync(file)
  try {
    copy.exec('PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON; PRAGMA foreign_keys = OFF; BEGIN')
    change(copy)
    copy.exec('COMMIT')
  } finally {
    copy.close()
  }
}

/** What a copy says of itself. */
export type CopyWords = Omit<Signed, 'signature'>

/** What the copy says whose signature is in a folder, if whoever made it had the catalog key; undefined where nothing proves that. */
export async function provenWords(folder: string, catalogKey: Buffer): Promise<CopyWords | undefined> {
  try {
    const { signature, ...said } = Signed.parse(JSON.parse(await readFile(join(folder, COPY_SIGNATURE), 'utf8')))
    const right = Buffer.from(signatureOf(said, catalogKey))
    const given = Buffer.from(signature)
    return right.length === given.length && timingSafeEqual(right, given) ? said : undefined
  } catch {
    return undefined
  }
}

/** Whether the copy in a folder is the one that those words are of. */
export async function isCopyOf(folder: string, { sha256 }: CopyWords): Promise<boolean> {
  return (await sha256Of(join(folder, COPY_FILE))) === sha256
}

async function sha256Of(file: string): Promise<string> {
  const made = createHash('sha256')
  await pipeline(createReadStream(file), made)
  return made.digest('hex')
}

function signatureOf({ version, appliance, made, sha256 }: Omit<Signed, 'signature'>, catalogKey: Buffer): string {
  return createHmac('sha256', catalogKey)
    .update('holdfast catalog copy\0')
    .update(JSON.stringify([version, appliance, made, sha256]))
    .digest('base64url')
}
