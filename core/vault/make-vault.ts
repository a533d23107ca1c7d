import { type Abortable, type Chance, type Clock, formatInstant } from '../base/index.ts'
import { drawPolynomial, formatPolynomial, initRepository, openRepository, ownIdentity } from '../repository/index.ts'
import { openPlace } from './place/open-vault-storage.ts'
import type { VaultPlace } from './place/vault-location.ts'

export interface MakeVaultOptions extends Abortable {
  readonly clock: Clock
  readonly chance: Chance
}

/** Makes a repository for a new vault. Returns its id. Throws `repository/exists`, and what the storage throws. */
export async function makeVault(
  place: VaultPlace,
  password: string,
  { clock, chance, signal }: MakeVaultOptions,
): Promise<string> {
  const { hostname, username } = ownIdentity()
  using opened = openPlace(place)
  const { config } = await initRepository(opened.storage, {
    password: Buffer.from(password),
    owner: { hostname, username, created: formatInstant(clock.now()) },
    chunkerPolynomial: formatPolynomial(drawPolynomial(chance)),
    signal,
  })
  return config.id
}

/** Opens a repository that is there, to prove the password. Returns its id. Throws as `openRepository` does. */
export async function proveVault(place: VaultPlace, password: string, options: Abortable = {}): Promise<string> {
  using opened = openPlace(place)
  const { config } = await openRepository(opened.storage, Buffer.from(password), options)
  return config.id
}

/**
 * A password for a new vault: 160 bits of chance, in groups that can be read aloud and typed from paper. Letters and digits
 * that look alike are not among them.
 */
export function drawVaultPassword(chance: Chance): string {
  const letters = [...chance.fill(Buffer.alloc(32))].map((byte) => ALPHABET[byte % ALPHABET.length] ?? '')
  return Array.from({ length: 8 }, (_, group) => letters.slice(group * 4, group * 4 + 4).join('')).join('-')
}

/** 32 of them, so that each byte gives each with the same chance. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
