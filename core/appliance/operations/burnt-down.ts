import type { BurntDown } from '../../contract/index.ts'
import { findCache, listCaches, type OffSiteSum, setRows, sumOffSite, vaultRows } from '../../database/index.ts'
import { readVaultLocation } from '../../vault/index.ts'
import { cacheOf } from '../caches/vault-cache.ts'
import { instantOrNull } from '../present/instant.ts'
import { readNames } from '../present/names.ts'
import type { Tools } from '../tools.ts'

/**
 * What could be restored if this computer and all its disks were gone. Only S3 counts as elsewhere: a folder is on a disk of
 * this computer as far as anybody here knows.
 */
export async function burntDown({
  catalog: { rows },
  cacheBook,
}: Pick<Tools, 'catalog' | 'cacheBook'>): Promise<{ items: BurntDown[]; bytesWaiting: number }> {
  const names = await readNames(rows)
  const sums = new Map((await sumOffSite(rows)).map((sum) => [`${sum.set_id} ${sum.vault_id}`, sum]))
  const items: BurntDown[] = []
  for (const set of await setRows.list(rows)) {
    const vault = await vaultRows.find(rows, set.vault_id)
    if (!vault) continue
    const isElsewhere = readVaultLocation(vault.location).kind === 's3'
    const hasCache = (await findCache(rows, vault.id)) !== undefined
    const sum = sums.get(`${set.id} ${vault.id}`)
    const left = isElsewhere && sum ? leftOf(sum, hasCache) : { newest: null, points: 0 }
    items.push({
      set: { id: set.id, name: set.name },
      vault: names.vault(vault.id),
      newestAt: instantOrNull(sum?.newest ?? null),
      offSiteAt: instantOrNull(left.newest),
      gapSeconds: sum && left.newest !== null ? Math.max(0, Math.round((sum.newest - left.newest) / 1000)) : null,
      pointsLost: (sum?.points ?? 0) - left.points,
    })
  }
  return { items, bytesWaiting: await waitingBytes({ rows }, cacheBook) }
}

/** Without a cache a point is in S3 as soon as it is there at all. */
function leftOf(sum: OffSiteSum, hasCache: boolean): { readonly newest: number | null; readonly points: number } {
  return hasCache ? { newest: sum.newest_off_site, points: sum.off_site } : { newest: sum.newest, points: sum.points }
}

async function waitingBytes({ rows }: Pick<Tools['catalog'], 'rows'>, cacheBook: Tools['cacheBook']): Promise<number> {
  let bytes = 0
  for (const row of await listCaches(rows)) {
    const vault = await vaultRows.find(rows, row.vault_id)
    const held = vault && (await cacheBook.held(cacheOf(vault, row)).catch(() => undefined))
    if (held) bytes += held.local.bytes + held.uploading.bytes + held.uploaded.bytes
  }
  return bytes
}
