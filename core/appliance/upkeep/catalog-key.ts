import { hkdfSync } from 'node:crypto'

/**
 * By which copies of the catalog in a vault are signed: whoever has the vault's recovery kit has it, and nobody who can only
 * write into the vault. It comes of the vault's password (RFC 5869), so that there is one secret to keep and not two.
 */
export function catalogKeyOf(vaultPassword: string): Buffer {
  return Buffer.from(hkdfSync('sha256', vaultPassword, Buffer.alloc(0), 'holdfast catalog copy v1', 32))
}
