import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { lockRepository } from '../../core/repository/index.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { useSmallRepository, PASSWORD } from '../support/small-repository.ts'

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function check(repository: string, ...options: string[]): Promise<Ended> {
  const env = { RESTIC_PASSWORD: PASSWORD }
  const { code, stdout, stderr } = await runHoldfast(['repo', 'check', '-r', repository, ...options], { env })
  return { code, out: stdout, err: stderr }
}

describe('holdfast repo check', () => {
  const small = useSmallRepository()
  /** A copy with one damaged data pack. */
  let broken = ''
  let brokenPack = ''

  beforeAll(async () => {
    broken = join(small.home, 'broken')
    await cp(small.location, broken, { recursive: true })
    const [file, body] = await largestPack(broken)
    body.writeUInt8(body.readUInt8(1_000_000) ^ 1, 1_000_000)
    await rm(file)
    await writeFile(file, body)
    brokenPack = file.split('/').at(-1) ?? ''
  })

  it('ends with 0, says what it looked at, and leaves no lock', async () => {
    const { code, out, err } = await check(small.location, '--read-data')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/Checked 2 snapshots, .* 4 packs and /)
    expect(out).toMatch(/Read 4 packs .*\nNo damage was found\.\n$/)
    expect(await readdir(join(small.location, 'locks'))).toEqual([])
  })

  it('ends with 1 after damage, and says what, what it means and what to do', async () => {
    const { code, err } = await check(broken, '--read-data')
    expect(code).toBe(1)
    expect(err).toContain(`damage: Pack ${brokenPack.slice(0, 10)} is damaged: 1 of its`)
    expect(err).toContain('back up again')
    for (const snapshot of small.snapshots) expect(err).toContain(`Snapshot ${snapshot.slice(0, 10)} cannot be`)
    expect(err).toContain(`  ${join(small.source, 'noise')}\n`)
    expect(err).toMatch(/Damage was found \(findings: 1; snapshots affected: 2 of 2\)/)
  })

  it('writes one JSON object a line, a summary last', async () => {
    const { code, out } = await check(broken, '--read-data', '--json')
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(code).toBe(1)
    expect(lines.at(-1)).toMatchObject({ message_type: 'summary', damages: 1, snapshots_affected: 2, packs_read: 4 })
    const findings = lines.filter(({ message_type: type }) => type === 'finding')
    expect(findings).toMatchObject([
      { kind: 'pack-damaged', severity: 'damage', object: { kind: 'pack', name: brokenPack }, restorable: 'rest' },
    ])
    const affected = lines.filter(({ message_type: type }) => type === 'affected')
    expect(affected).toHaveLength(2)
    expect(affected[0]).toMatchObject({ kind: 'file', path: join(small.source, 'noise') })
  })

  it('reads a part of the packs', async () => {
    const { code, out } = await check(small.location, '--read-data-subset', '50%')
    expect(code).toBe(0)
    expect(out).toMatch(/Read 2 packs/)
  })

  it('refuses what makes no sense, before it opens anything', async () => {
    for (const options of [
      ['--read-data', '--read-data-subset', '1/2'],
      ['--read-data-subset', '3/2'],
    ]) {
      const { code, err } = await check(join(small.home, 'nowhere'), ...options)
      expect(code).toBe(1)
      expect(err).toMatch(/Give /)
    }
  })

  it('runs beside a backup, waits for an exclusive lock, and with --no-lock for none', async () => {
    const shared = await lockRepository(small.repository, { exclusive: false })
    expect((await check(small.location)).code).toBe(0)
    await shared.release()
    const exclusive = await lockRepository(small.repository, { exclusive: true })
    expect((await check(small.location)).code).toBe(11)
    expect((await check(small.location, '--no-lock')).code).toBe(0)
    await exclusive.release()
  })
})

async function largestPack(repository: string): Promise<[string, Buffer]> {
  const entries = await readdir(join(repository, 'data'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const bodies = await Promise.all(files.map(async (file): Promise<[string, Buffer]> => [file, await readFile(file)]))
  return bodies.toSorted(([, a], [, b]) => b.length - a.length)[0] ?? expect.unreachable()
}
