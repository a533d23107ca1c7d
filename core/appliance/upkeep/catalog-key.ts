import type { Chance } from '../../base/index.ts'
import { type Catalog, readSetting, writeSetting } from '../../database/index.ts'
import type { SealingKey } from '../../secret/index.ts'

const CATALOG_KEY_SETTING = 'catalog-key'
const CATALOG_KEY_CONTEXT = 'setting:catalog-key'
const BYTES = 32

/**
 * The key by which copies of the catalog in vaults are signed, and what is secret in them is sealed. It is drawn once and
 * told by recovery kits. It does not come of a vault's password: agents that write into a vault know that.
 */
export async function openCatalogKey({ rows }: Catalog, key: SealingKey, chance: Chance): Promise<Buffer> {
  const sealed = await readSetting(rows, CATALOG_KEY_SETTING)
  if (sealed !== undefined) return Buffer.from(key.open(sealed, CATALOG_KEY_CONTEXT), 'base64url')
  const drawn = chance.fill(Buffer.alloc(BYTES))
  await writeSetting(rows, CATALOG_KEY_SETTING, key.seal(drawn.toString('base64url'), CATALOG_KEY_CONTEXT))
  return drawn
}

/** The key as a recovery kit tells it; undefined where it is none. */
export function parseCatalogKey(text: string): Buffer | undefined {
  const key = Buffer.from(text.trim(), 'base64url')
  return key.length === BYTES && key.toString('base64url') === text.trim() ? key : undefined
}
