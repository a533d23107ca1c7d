import { type Chance, CoreError, systemChance } from '../../base/index.ts'
import { createSealingKey, type SealingKey } from '../sealing-key.ts'
import { credentialSource } from './credential.ts'
import { keyFileSource } from './key-file.ts'

/**
 * Where the operating system keeps the key. Another system brings a source of its own (on Windows, a file that DPAPI
 * seals for the service).
 */
export interface KeySource {
  /**
   * The key, 32 bytes. Undefined where this source has none and another one may be asked. Throws `secret/no-key` where it
   * should have one, and that cannot be used.
   */
  read(): Promise<Buffer | undefined>
}

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
  for (const source of [credentialSource(environment), keyFileSource(dataFolder, chance)]) {
    const key = await source.read()
    if (key) return createSealingKey(key, chance)
  }
  throw new CoreError('secret/no-key', 'There is no key that secrets could be sealed with')
}
