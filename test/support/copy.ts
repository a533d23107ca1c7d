import { writeFileSync } from 'node:fs'

import { openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { type Ended, jsonLines } from './holdfast.ts'
import { contents } from './vault-contents.ts'
import type { Vault } from './vault.ts'

/** `holdfast repo copy` from one vault to another. */
export function copy(from: Vault, to: Vault, ...args: readonly string[]): Promise<Ended> {
  return to.holdfast(['copy', ...args], { env: fromVault(from) })
}

/** `restic copy` from one vault to another. */
export function resticCopy(from: Vault, to: Vault, ...args: readonly string[]): string {
  const password = to.file('password of the source')
  writeFileSync(password, 'vault')
  return to.restic('copy', '--from-repo', from.path, '--from-password-file', password, ...args)
}

/** Variables by which a command finds the vault as its source. */
export function fromVault(vault: Vault): Readonly<Record<string, string>> {
  return { RESTIC_FROM_REPOSITORY: vault.path, RESTIC_FROM_PASSWORD: 'vault' }
}

export function openVault(vault: Vault): Promise<Repository> {
  return openRepository(openDirectoryStorage(vault.path), 'vault')
}

/** A snapshot as `snapshots --json` tells it. */
export interface Listed {
  readonly id: string
  readonly original?: string
  readonly parent?: string
  readonly tree: string
  readonly tags?: readonly string[]
}

export function snapshotsOf(vault: Vault): Listed[] {
  return JSON.parse(vault.restic('snapshots', '--json')) as Listed[]
}

/** The hash of what each snapshot holds, as restic gives it back, sorted. */
export function sortedContents(vault: Vault): string[] {
  return [...contents(vault).values()].toSorted()
}

/** The messages of one type of a run with --json. */
export function messages(stdout: string, type: string): Record<string, unknown>[] {
  return jsonLines(stdout).filter(({ message_type: is }) => is === type)
}
