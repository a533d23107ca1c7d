import { type Catalog, countPersons, readSetting, removeSetting, writeSetting } from '../../database/index.ts'
import { digestSecret, isSecretOf, newSecret } from '../../identity/index.ts'

/** The one-time link of an appliance that has no administrator yet. */
export interface FirstStart {
  isNeeded(): Promise<boolean>
  /** A new secret for the link; earlier ones are worth nothing any more. Undefined where there is an administrator. */
  newToken(): Promise<string | undefined>
  /** Whether this is the secret of the link. */
  isToken(token: string): Promise<boolean>
  done(): Promise<void>
}

const KEY = 'setup-token'

export function createFirstStart(catalog: Catalog): FirstStart {
  const isNeeded = async (): Promise<boolean> => (await countPersons(catalog.rows)) === 0
  return {
    isNeeded,
    async newToken() {
      if (!(await isNeeded())) return undefined
      const secret = newSecret('hfu')
      await writeSetting(catalog.rows, KEY, digestSecret(secret))
      return secret
    },
    async isToken(token) {
      const digest = await readSetting(catalog.rows, KEY)
      return digest !== undefined && isSecretOf(digest, token)
    },
    done: () => removeSetting(catalog.rows, KEY),
  }
}
