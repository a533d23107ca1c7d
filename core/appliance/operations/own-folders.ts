import { realpath } from 'node:fs/promises'

import { vaultRows } from '../../database/index.ts'
import type { OwnFolders } from '../../identity/index.ts'
import type { VaultLocation } from '../../vault/index.ts'
import type { Tools } from '../tools.ts'

type OwnTools = Pick<Tools, 'catalog' | 'folder' | 'programFolder'>

/** What is the appliance's own in recovery points: who may see it. */
export function ownData({ folder }: Pick<Tools, 'folder'>): OwnFolders & { readonly dataFolder: Buffer } {
  return { dataFolder: Buffer.from(folder.path) }
}

/** What is its own on this computer, where something is to be written: the program and the vaults, too. */
export async function ownPlaces({ catalog, folder, programFolder }: OwnTools): Promise<OwnFolders> {
  const vaults = (await vaultRows.list(catalog.rows)).map(({ location }) => JSON.parse(location) as VaultLocation)
  const places = [...vaults.map(({ path }) => path), ...(programFolder === undefined ? [] : [programFolder])]
  return { ...ownData({ folder }), ownFolders: await Promise.all(places.map(physical)) }
}

/** A vault that is away is where it was said to be. */
async function physical(path: string): Promise<Buffer> {
  return realpath(path, { encoding: 'buffer' }).catch(() => Buffer.from(path))
}
