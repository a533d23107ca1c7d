import { type Chance, CoreError, systemChance } from '../../base/index.ts'
import { createSealingKey, type SealingKey } from '../sealing-key.ts'
import { credentialSource } from './credential.ts'
import { keyFileSource, readKeyFile } from './key-file.ts'
import type { KeySource } from './key-source.ts'

export interface OpenSealingKeyOptions {
  /** The appliance's data folder, which is there. */
  readonly dataFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly chance?: Chance | undefined
}

/**
 * The key of this appliance: systemd's credential `holdfast-key`, or else the file `key` in the data folder, which is made
 * the first time. Throws `secret/no-key` where it cannot be had, or others may read it.
 */
export async function openSealingKey({
  dataFolder,
  environment,
  chance = systemChance,
}: OpenSealingKeyOptions): Promise<SealingKey> {
  const sources: readonly KeySource[] = [credentialSource(environment), keyFileSource(dataFolder, chance)]
  for (const source of sources) {
    const key = await source.read()
    if (key) return createSealingKey(key, chance)
  }
  throw new CoreError('secret/no-key', 'There is no key that secrets could be sealed with')
}

/** The same key, where there is one already: nothing is made. Throws `secret/no-key` where it cannot be used. */
export async function findSealingKey({
  dataFolder,
  environment,
  chance = systemChance,
}: OpenSealingKeyOptions): Promise<SealingKey | undefined> {
  const key = (await credentialSource(environment).read()) ?? (await readKeyFile(dataFolder))
  return key && createSealingKey(key, chance)
}
