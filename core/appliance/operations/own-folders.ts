import { realpath } from 'node:fs/promises'

import { type Catalog, vaultRows } from '../../database/index.ts'
import type { OwnFolders } from '../../identity/index.ts'
import type { VaultLocation } from '../../vault/index.ts'
import type { Tools } from '../tools.ts'

interface StoreTools {
  readonly catalog: Catalog
  readonly folder: { readonly path: string }
}

type OwnTools = StoreTools & Pick<Tools, 'programFolder'>

/** What is the appliance's own in recovery points: who may see it. */
export function ownData({ folder }: Pick<StoreTools, 'folder'>): OwnFolders & { readonly dataFolder: Buffer } {
  return { dataFolder: Buffer.from(folder.path) }
}

/** What is its own on this computer, where something is to be written: the program and the vaults, too. */
export async function ownPlaces({ catalog, folder, programFolder }: OwnTools): Promise<OwnFolders> {
  const program = programFolder === undefined ? [] : [await physicalPath(programFolder)]
  return { ...ownData({ folder }), ownFolders: [...(await vaultFolders(catalog)), ...program] }
}

/** What no backup takes along: it would store vaults in themselves, and what opens all of them in each. Physical paths. */
export async function ownStores({ catalog, folder }: StoreTools): Promise<Buffer[]> {
  return [...(await vaultFolders(catalog)), await physicalPath(folder.path)]
}

async function vaultFolders(catalog: Catalog): Promise<Buffer[]> {
  const vaults = (await vaultRows.list(catalog.rows)).map(({ location }) => JSON.parse(location) as VaultLocation)
  return Promise.all(vaults.map(({ path }) => physicalPath(path)))
}

/** Where a path leads to. What is away is where it was said to be. */
export async function physicalPath(path: string | Buffer): Promise<Buffer> {
  return realpath(path, { encoding: 'buffer' }).catch(() => Buffer.from(path))
}

/** Whether a path is that folder, or lies in it. */
export function isWithin(path: Buffer, folder: Buffer): boolean {
  const start = folder.at(-1) === SLASH ? folder : Buffer.concat([folder, Buffer.of(SLASH)])
  return path.equals(folder) || path.subarray(0, start.length).equals(start)
}

const SLASH = 0x2f
