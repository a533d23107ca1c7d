import { vaultFolder, type VaultLocation } from '../../vault/index.ts'
import { physicalPath } from './own-folders.ts'

/** Whether two locations are the same place, whatever ways lead there. */
export async function isSamePlace(one: VaultLocation, other: VaultLocation): Promise<boolean> {
  if (one.kind === 's3' && other.kind === 's3')
    return (
      new URL(one.endpoint).href === new URL(other.endpoint).href &&
      one.bucket === other.bucket &&
      one.prefix === other.prefix
    )
  const [folder, otherFolder] = [vaultFolder(one), vaultFolder(other)]
  if (folder === undefined || otherFolder === undefined) return false
  return (await physicalPath(folder)).equals(await physicalPath(otherFolder))
}
