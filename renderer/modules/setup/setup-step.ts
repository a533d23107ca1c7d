import type { BackupSet, Vault } from '../../../core/contract/index.ts'

export const SETUP_STEPS = ['administrator', 'vault', 'source', 'backup', 'kit'] as const
export type SetupStep = (typeof SETUP_STEPS)[number]

/** What the appliance has so far. */
export interface SetupState {
  readonly isSignedIn: boolean
  readonly vaults: readonly Pick<Vault, 'kitExportedAt'>[]
  readonly sets: readonly Pick<BackupSet, 'newestPointAt'>[]
  /** A person went on while the first backup still ran. */
  readonly wentOn: boolean
}

/** Where setting up goes on: the first step that is not done. So it can be left and come back to. Undefined: all is done. */
export function nextStep({ isSignedIn, vaults, sets, wentOn }: SetupState): SetupStep | undefined {
  if (!isSignedIn) return 'administrator'
  if (vaults.length === 0) return 'vault'
  if (sets.length === 0) return 'source'
  if (!wentOn && sets.every(({ newestPointAt }) => newestPointAt === null)) return 'backup'
  return vaults.some(({ kitExportedAt }) => kitExportedAt === null) ? 'kit' : undefined
}
