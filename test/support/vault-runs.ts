import { openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from './holdfast.ts'
import { seededChance } from './seeded-chance.ts'
import type { Vault } from './vault.ts'

/** Bytes that cannot be compressed, always the same for a seed. */
export function noise(seed: number, bytes: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(bytes))
}

export function openVault(vault: Vault): Promise<Repository> {
  return openRepository(openDirectoryStorage(vault.path), 'vault')
}

/** The id of the snapshot that a backup made. */
export async function idOf(backup: Promise<{ summary: Readonly<Record<string, unknown>> }>): Promise<string> {
  return String((await backup).summary['snapshot_id'])
}

/** Each message of this type. */
export function messages(stdout: string, type: string): Record<string, unknown>[] {
  return jsonLines(stdout).filter(({ message_type: is }) => is === type)
}
