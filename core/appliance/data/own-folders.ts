import { realpath } from 'node:fs/promises'

import { type Catalog, listCaches, vaultRows } from '../../database/index.ts'
import type { OwnFolders } from '../../identity/index.ts'
import { readVaultLocation, vaultFolder } from '../../vault/index.ts'

interface StoreTools {
  readonly catalog: Catalog
  readonly folder: { readonly path: string }
}

interface OwnTools extends StoreTools {
  /** Where the program is. Undefined: nobody knows. */
  readonly programFolder: string | undefined
}

/** What is the appliance's own in recovery points: who may see it. */
export function ownData({ folder }: Pick<StoreTools, 'folder'>): OwnFolders & { readonly dataFolder: Buffer } {
  return { dataFolder: Buffer.from(folder.path) }
}

/** What is its own on this computer, where something is to be written: the program and the vaults, too. */
export async function ownPlaces({ catalog, folder, programFolder }: OwnTools): Promise<OwnFolders> {
  const places = [...(await vaultFolders(catalog)), ...(programFolder === undefined ? [] : [programFolder])]
  return { ...ownData({ folder }), ownFolders: await Promise.all(places.map(physicalPath)) }
}

/**
 * What no backup takes along: it would store vaults in themselves, and what opens all of them in each. As it is configured:
 * where that leads to is found out by the run, as a vault on a share that hangs is to hold up no more than that.
 */
export async function ownStores({ catalog, folder }: StoreTools): Promise<string[]> {
  return [...(await vaultFolders(catalog)), folder.path]
}

/** Their caches are a part of them. */
async function vaultFolders({ rows }: Catalog): Promise<string[]> {
  const places = (await vaultRows.list(rows)).map(({ location }) => vaultFolder(readVaultLocation(location)))
  const caches = (await listCaches(rows)).map(({ folder }) => folder)
  return [...places.filter((folder) => folder !== undefined), ...caches]
}

/** Where a path leads to. What is not there, or away, lies where it was said to, in what is there of the folders above it. */
export async function physicalPath(path: string | Buffer): Promise<Buffer> {
  const whole = Buffer.from(path)
  for (let end = whole.length; end > 0; end = whole.subarray(0, end).lastIndexOf(SLASH)) {
    const found = await realpath(whole.subarray(0, end), { encoding: 'buffer' }).catch(() => undefined)
    if (found) return end === whole.length ? found : Buffer.concat([found, whole.subarray(end)])
  }
  return whole
}

/** Whether a path is that folder, or lies in it. */
export function isWithin(path: Buffer, folder: Buffer): boolean {
  const start = folder.at(-1) === SLASH ? folder : Buffer.concat([folder, Buffer.of(SLASH)])
  return path.equals(folder) || path.subarray(0, start.length).equals(start)
}

const SLASH = 0x2f
