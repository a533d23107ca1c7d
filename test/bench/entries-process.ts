import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { startAppliance } from '../support/appliance.ts'
import { DEEP, FLAT, flatName } from '../support/large-vault.ts'
import type { EntriesTaken } from './entries.ts'
import { measureHeldUp } from './held-up.ts'

// A service that has just begun, and somebody who looks into a recovery point of it. Prints what that took.
const [home = '', path = '', password = '', files = ''] = process.argv.slice(2)
const count = Number(files)
mkdirSync(home, { recursive: true })

await using test = await startAppliance(join(home))
const { operations } = test.appliance
const { points } = operations
await operations.vaults.create({ name: 'large', location: { kind: 'directory', path }, password }, test.call)
const [point] = (await operations.points.list({ limit: 1 }, test.call)).items
if (!point) throw new Error('there is no recovery point')
const { id } = point

const taken: EntriesTaken[] = []
async function take(name: string, ask: () => Promise<{ readonly items: readonly unknown[] }>): Promise<void> {
  const { result, ...took } = await measureHeldUp(ask)
  taken.push({ name, ...took, items: result.items.length })
}
const browse = (folder: string, cursor?: string) => () =>
  points.browse({ id, path: folder, limit: 200, cursor }, test.call)
const find = (folder: string, pattern: string) => () => points.find({ id, path: folder, pattern, limit: 50 }, test.call)
const behind = (number: number): string => Buffer.from(JSON.stringify(flatName(number))).toString('base64url')

await take('opening the vault', browse('/'))
await take('first page of one folder', browse(FLAT))
await take('first page of one folder, again', browse(FLAT))
await take('second page of one folder', browse(FLAT, behind(199)))
await take('middle page of one folder', browse(FLAT, behind(count / 2)))
await take('middle page of one folder, again', browse(FLAT, behind(count / 2)))
await take('page behind the middle', browse(FLAT, behind(count / 2 + 200)))
await take('search of one folder that finds', find(FLAT, 'IMG_000'))
await take('search of one folder that finds nothing', find(FLAT, 'nothing'))
await take('first page of many folders', browse(DEEP))
await take('page of a folder of many', browse(`${DEEP}/client-0050/month-50`))
await take('search of many folders that finds', find(DEEP, 'report-000'))
await take('search of many folders that finds nothing', find(DEEP, 'nothing'))

const [, kib = '0'] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
process.stdout.write(JSON.stringify({ taken, resident: Number(kib) / 1000 }))
