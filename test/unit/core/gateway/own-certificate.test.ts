import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ownCertificate } from '../../../../core/gateway/index.ts'

const DAY = 24 * 60 * 60 * 1000

describe("the appliance's own certificate", () => {
  let folder: string
  let now: number
  const clock = { now: () => now, monotonic: () => 0 }
  const make = (...hosts: string[]): ReturnType<typeof ownCertificate> => ownCertificate({ folder, hosts, clock })

  beforeEach(async () => {
    now = 1_790_000_000_000
    folder = await mkdtemp(join(tmpdir(), 'certificate-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is for the names and the addresses of the door, each written as what it is', async () => {
    const { cert } = await make('nas-01.example', '192.0.2.7', '2001:db8::7')
    const { subjectAltName = '' } = new X509Certificate(cert)
    expect(subjectAltName.split(', ').toSorted()).toEqual([
      'DNS:localhost',
      'DNS:nas-01.example',
      'IP Address:0:0:0:0:0:0:0:1',
      'IP Address:127.0.0.1',
      'IP Address:192.0.2.7',
      'IP Address:2001:DB8:0:0:0:0:0:7',
    ])
  })

  it('stays the same as long as it is good', async () => {
    const first = await make('nas-01.example', '192.0.2.7')
    now += 700 * DAY
    expect(await make('nas-01.example', '192.0.2.7')).toEqual(first)
    expect(await make('nas-01.example')).toEqual(first)
    expect((await readdir(folder)).toSorted()).toEqual(['door.crt', 'door.key'])
    expect((await stat(join(folder, 'door.key'))).mode & 0o777).toBe(0o600)
  })

  it('is made anew where it ends soon, is not good yet, or lacks a name or an address', async () => {
    const seen = [(await make()).cert]
    now += 800 * DAY
    seen.push((await make()).cert)
    now -= 800 * DAY
    seen.push((await make()).cert, (await make('nas-01.example')).cert, (await make('192.0.2.7')).cert)
    expect(new Set(seen).size).toBe(5)
  })

  it('is made anew where the key beside it is another, or either is damaged', async () => {
    const first = await make()
    const other = await ownCertificate({ folder, hosts: ['other.example'], clock })
    // As after an end between the two writes.
    await writeFile(join(folder, 'door.crt'), first.cert)
    const second = await make()
    expect([first.cert, other.cert]).not.toContain(second.cert)
    expect(new X509Certificate(second.cert).checkPrivateKey(createPrivateKey(second.key))).toBe(true)
    await writeFile(join(folder, 'door.key'), second.key.slice(0, 60))
    const third = await make()
    expect(third.cert).not.toBe(second.cert)
    expect(await readFile(join(folder, 'door.key'), 'utf8')).toBe(third.key)
  })

  it('can be made for a name that is too long for its subject', async () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`
    const { cert } = await make(long)
    expect(new X509Certificate(cert).checkHost(long)).toBe(long)
  })
})
