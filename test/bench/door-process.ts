import { readFileSync } from 'node:fs'

import { digestSecret } from '../../core/identity/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { createVaultDoor, openReceipts, openVaultDoor } from '../../core/vault-door/index.ts'

// A vault door in a process of its own: says its port, and stays until it is ended.

const { vault, receipts, password, cert, key } = JSON.parse(process.env['HOLDFAST_DOOR'] ?? '{}') as Record<
  'vault' | 'receipts' | 'password' | 'cert' | 'key',
  string
>
const agent = {
  id: 'bench',
  name: 'bench',
  digest: digestSecret(password),
  vault: { id: 'bench', storage: openDirectoryStorage(vault), isPruning: () => false },
  mode: 'full' as const,
}
const told = (facts: object, message: string): void =>
  void process.stderr.write(`${message} ${JSON.stringify(facts)}\n`)
const { port } = await openVaultDoor({
  listener: createVaultDoor({
    findAgent: () => Promise.resolve(agent),
    receipts: openReceipts(receipts),
    log: { warn: told, error: told },
  }),
  port: 0,
  host: '127.0.0.1',
  tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') },
})
process.stdout.write(`${port}\n`)
