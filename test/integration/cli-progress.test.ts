import { randomFillSync } from 'node:crypto'

import { expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAtTerminal } from '../support/terminal.ts'
import { makeVault, type Vault } from '../support/vault.ts'

/** Enough that no machine is done before it has told how far it is. */
const BYTES = 400 * 1024 * 1024

async function makeLargeVault(): Promise<Vault> {
  const vault = await makeVault()
  vault.write('large', randomFillSync(Buffer.alloc(BYTES)))
  return vault
}

const statusesOf = (stdout: string): Record<string, unknown>[] =>
  jsonLines(stdout).filter((line) => line['message_type'] === 'status')

/** How far it is only grows, and never beyond the end. */
function expectRising(values: readonly unknown[], most: number): void {
  expect(values.length).toBeGreaterThan(0)
  expect(values).toEqual((values as number[]).toSorted((a, b) => a - b))
  expect(Math.max(...(values as number[]))).toBeLessThanOrEqual(most)
}

describeWith(['restic'], 'how far a command is', () => {
  it('is told to programs by backup, restore and check: what is done, of how much, and the time left', async () => {
    const vault = await makeLargeVault()
    const backup = statusesOf((await vault.backUp()).stdout)
    expectRising(
      backup.map((status) => status['bytes_done']),
      BYTES,
    )
    const figures = { total_bytes: BYTES, bytes_per_second: expect.any(Number) as number }
    expect(backup.at(-1)).toMatchObject({ ...figures, seconds_elapsed: expect.any(Number) as number })

    const restore = statusesOf(
      (await vault.holdfast(['restore', 'latest', '--json', '--target', vault.file('restored')])).stdout,
    )
    expectRising(
      restore.map((status) => status['bytes_restored']),
      BYTES,
    )
    expectRising(
      restore.map((status) => status['percent_done']),
      1,
    )
    expect(restore.at(-1)).toMatchObject({ ...figures, seconds_remaining: expect.any(Number) as number })

    const verified = statusesOf(
      (await vault.holdfast(['restore', 'latest', '--json', '--verify', '--target', vault.file('verified')])).stdout,
    )
    for (const [member, most] of [
      ['bytes_restored', BYTES],
      ['bytes_verified', BYTES],
      ['percent_done', 1],
      ['files_restored', 1],
    ] as const) {
      expectRising(
        verified.map((status) => status[member]),
        most,
      )
    }
    // What is restored and was not read again is half of the work.
    for (const status of verified) {
      const done = Number(status['bytes_restored']) + Number(status['bytes_verified'])
      expect(status['percent_done']).toBeCloseTo(done / (2 * BYTES))
      if (status['bytes_restored'] !== BYTES) expect(status['files_restored']).toBe(0)
    }
    expect(verified.at(-1)).toMatchObject({ percent_done: 1, files_restored: 1, bytes_verified: BYTES })

    const check = statusesOf((await vault.holdfast(['check', '--read-data', '--json'])).stdout)
    expect(new Set(check.map((status) => status['phase']))).toContain('packs')
    for (const status of check) expect(status['percent_done']).toBeLessThanOrEqual(1)
  })

  it('is one line of a terminal: amount and rate, cut at its width; it is gone when the command ends', async () => {
    const vault = await makeLargeVault()
    const { code, shown } = await runAtTerminal(['repo', 'backup', vault.source], [], vault.env)
    expect(code).toBe(0)
    const lines = shown.split('\r').filter((line) => / %  \d+ file/.test(line))
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.at(-1)).toMatch(/\d+ %  \d files  [\d.]+ MiB of 400 MiB  [\d.]+ MiB\/s  /)
    // Each line that stays is written over it.
    expect(shown).toContain('\r\u001B[KFiles: 1 new')
    expect(shown).toMatch(/^Snapshot [0-9a-f]{8} saved\.\r?$/m)
  })
})
