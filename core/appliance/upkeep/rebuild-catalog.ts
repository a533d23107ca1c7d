import { access, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

import { type Abortable, type Chance, CoreError, formatInstant, isCode } from '../../base/index.ts'
import { allPoints, openCatalog, setRows, vaultRows } from '../../database/index.ts'
import { CATALOG_TAG } from '../../job/index.ts'
import { createSealingKey, openSealingKey, type SealingKey } from '../../secret/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import { openPlace, openVaultReader, type VaultPlace, type VaultReader, vaultPlaceText } from '../../vault/index.ts'
import type { DataFolder } from '../data/data-folder.ts'
import { COPY_FILE, COPY_SIGNATURE, type CopyWords, isCopyOf, prepare, provenWords } from '../runs/catalog-copy.ts'
import { resealAll } from '../runs/sealed-values.ts'
import { placeColumns } from '../runs/vault-secrets.ts'
import { parseCatalogKey } from './catalog-key.ts'

export interface RebuildOptions extends Abortable {
  /** Of the new appliance, which has no catalog yet. */
  readonly folder: DataFolder
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly place: VaultPlace
  readonly password: string
  /** As the recovery kit tells it. */
  readonly catalogKey: string
  readonly chance: Chance
}

/** What was built anew. */
export interface Rebuilt {
  readonly appliance: string
  /** When the copy was made: what was configured later is lost. RFC 3339. */
  readonly made: string
  readonly vaults: number
  readonly sets: number
  readonly points: number
}

/**
 * Builds the catalog of a lost appliance anew from a copy in one of its vaults. Points that were made after the copy are found
 * when the appliance is started.
 *
 * @throws CoreError `object/conflict` where the data folder has a catalog already, `object/not-found` where the vault has no
 *   copy, `secret/unreadable` where none is signed with this key.
 */
export async function rebuildCatalog(options: RebuildOptions): Promise<Rebuilt> {
  const { folder, environment, place: vaultPlace, password, chance, signal } = options
  const catalogKey = parseCatalogKey(options.catalogKey)
  if (catalogKey === undefined) throw noKey()
  await refuseCatalog(folder.catalog)
  using opened = openPlace(vaultPlace)
  const reader = await openVaultReader(opened.storage, Buffer.from(password), { signal }).catch((error: unknown) => {
    throw isCode(error, 'repository/wrong-password') ? wrongPassword(vaultPlaceText(vaultPlace), error) : error
  })
  const place = await mkdtemp(join(folder.work, 'rebuild-'))
  try {
    const said = await fetchCopy(reader, place, catalogKey, signal)
    const key = await openSealingKey({ dataFolder: folder.path, environment, chance })
    const file = join(place, COPY_FILE)
    const was = createSealingKey(catalogKey)
    // An older version may have made it.
    await (await openCatalog(file)).close()
    prepare(file, (copy) => {
      resealAll(copy, was, key)
      // What went on when the copy was made went on elsewhere.
      copy.exec(
        `UPDATE run SET state = 'interrupted', cause_code = 'interrupted', cause_text = 'The appliance was lost while this was carried out.', process = NULL, ended_at = coalesce(ended_at, queued_at) WHERE state IN ('queued', 'waiting', 'running', 'cancelling')`,
      )
      copy.exec(`UPDATE run SET process = NULL WHERE state = 'interrupted'`)
      noteVaultPlace(copy, reader.repository.config.id, vaultPlace, key)
    })
    await rename(file, folder.catalog)
    return { ...(await describe(folder.catalog)), appliance: said.appliance, made: said.made }
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** It is where it was found, and not where the lost appliance had it. */
function noteVaultPlace(copy: DatabaseSync, repositoryId: string, place: VaultPlace, key: SealingKey): void {
  const rows = copy.prepare('SELECT id FROM vault WHERE repository_id = ? AND removed_at IS NULL').all(repositoryId)
  const change = copy.prepare('UPDATE vault SET location = ?, access_sealed = ? WHERE id = ?')
  for (const { id } of rows as unknown as { id: string }[]) {
    const { location, access_sealed } = placeColumns(id, place, key)
    change.run(location, access_sealed, id)
  }
}

async function refuseCatalog(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  throw new CoreError('object/conflict', `There is a catalog already: ${path}.`, {
    safety: 'Nothing was changed.',
    remedy:
      'To build it anew put it aside first, with the files of the same name that end in -wal and -shm; or name another data folder.',
  })
}

/** Brings the newest copy that is genuine. Copies that nobody can prove are passed over. */
async function fetchCopy(
  reader: VaultReader,
  place: string,
  catalogKey: Buffer,
  signal: AbortSignal | undefined,
): Promise<{ readonly appliance: string; readonly made: string }> {
  const copies = await loadSnapshots(reader.repository, {
    signal,
    keeps: ({ tags }) => tags.includes(CATALOG_TAG),
    onUnreadable: () => undefined,
  })
  if (copies.length === 0) {
    throw new CoreError('object/not-found', 'The vault has no copy of a catalog.', {
      safety: 'Nothing was changed. All recovery points in the vault can be restored.',
      remedy:
        'Start a new appliance and attach the vault: it finds the recovery points; sets and policies are to be made anew.',
    })
  }
  const proven: { readonly copy: StoredSnapshot; readonly said: CopyWords }[] = []
  for (const copy of copies) {
    const isThere = await bring(reader, copy, COPY_SIGNATURE, place, signal)
    const said = isThere ? await provenWords(place, catalogKey) : undefined
    if (said) proven.push({ copy, said })
  }
  // By what is signed: whoever can write to the vault can store an old copy again, under any time.
  for (const { copy, said } of proven.toSorted((a, b) => (a.said.made < b.said.made ? 1 : -1))) {
    const isThere = await bring(reader, copy, COPY_FILE, place, signal)
    if (isThere && (await isCopyOf(place, said))) return said
  }
  const newest = copies.map(({ time }) => Number(time.ns / 1_000_000n)).reduce((a, b) => Math.max(a, b), 0)
  throw new CoreError(
    'secret/unreadable',
    `None of the ${copies.length} copies of a catalog in the vault is signed with this key; the newest is of ${formatInstant(newest)}.`,
    {
      safety: 'Nothing was changed. All recovery points in the vault can be restored.',
      remedy:
        'Take the catalog key of the recovery kit of this appliance: another one signs other copies. What is not signed may be forged.',
    },
  )
}

const ID_BYTES = 32

/** Brings a file of a copy. False where it is damaged, or is none: another copy may be whole. */
async function bring(
  reader: VaultReader,
  copy: StoredSnapshot,
  name: string,
  place: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    const entry = await reader.entry(copy, Buffer.from(join(copy.paths[0] ?? '/', name)), { signal })
    await using file = await open(join(place, name), 'w', 0o600)
    const content = entry?.content ?? Buffer.alloc(0)
    for (let at = 0; at < content.length; at += ID_BYTES)
      await file.writeFile(await reader.content.load(content.subarray(at, at + ID_BYTES), { signal }))
    await file.sync()
    return true
  } catch (error) {
    if (error instanceof CoreError && /^(?:repository|object)\//.test(error.code)) return false
    throw error
  }
}

async function describe(path: string): Promise<Pick<Rebuilt, 'vaults' | 'sets' | 'points'>> {
  const catalog = await openCatalog(path)
  try {
    const vaults = await vaultRows.list(catalog.rows)
    const sets = await setRows.list(catalog.rows)
    return { vaults: vaults.length, sets: sets.length, points: (await allPoints(catalog.rows, {})).length }
  } finally {
    await catalog.close()
  }
}

/** Two secrets were given: which of them is wrong is to be said. */
function wrongPassword(path: string, cause: CoreError): CoreError {
  return new CoreError('repository/wrong-password', `The vault ${path} does not open with this password.`, {
    cause,
    safety: 'Nothing was changed. The catalog key was not tried yet.',
    remedy:
      'Take the password of this very vault from its recovery kit: it is the line behind "Password". Where the vault\'s password was changed since, take a newer kit.',
    context: { field: 'password' },
  })
}

function noKey(): CoreError {
  return new CoreError('input/invalid', 'That is no catalog key.', {
    safety: 'Nothing was changed.',
    remedy: 'Take it from the recovery kit: it is the line behind "Catalog key".',
    context: { field: 'catalogKey' },
  })
}
