import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { copy, fromVault, messages, openVault, resticCopy, snapshotsOf, sortedContents } from '../support/copy.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { packsOf } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const noise = (seed: number, bytes: number): Buffer => seededChance(seed).fill(Buffer.alloc(bytes))

const originals = (vault: Vault): string[] => snapshotsOf(vault).map(({ id, original }) => original ?? id)

describeWith(['restic'], 'holdfast repo copy', () => {
  let from: Vault
  let to: Vault
  beforeEach(async () => {
    from = await makeVault()
    to = await makeVault({ name: 'second' })
  })

  /** Two snapshots, of two hosts and programs. */
  async function history(): Promise<void> {
    from.write('deep/er/noise', noise(1, 3_000_000))
    from.write('deep/text', 'all work and no play makes jack a dull boy\n'.repeat(10_000))
    from.write('empty', '')
    await from.backUp(['--host', 'ada', '--tag', 'nightly'])
    from.write('deep/text', 'and more\n'.repeat(30_000))
    from.restic('backup', '--quiet', '--host', 'bob', from.source)
  }

  it('copies all snapshots, which hold the same, and restic finds nothing wrong', async () => {
    await history()
    const { code, stdout, stderr } = await copy(from, to)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Copied 2 snapshots with \d+ blobs, stored 2\.\d+ MiB, in 0:0\d\.$/m)
    expect(sortedContents(to)).toEqual(sortedContents(from))
    expect(originals(to)).toEqual(snapshotsOf(from).map(({ id }) => id))
    for (const { parent } of snapshotsOf(to)) expect(parent).toBeUndefined()
    expect(to.restic('check', '--read-data')).toContain('no errors were found')
    expect(await to.holdfast(['check', '--read-data'])).toMatchObject({ code: 0 })
    for (const vault of [from, to]) expect(readdirSync(join(vault.path, 'locks'))).toEqual([])
  })

  it('finds what was copied to be there, and restic finds the same, in both directions', async () => {
    await history()
    await copy(from, to)
    const stored = to.stored()
    const again = await copy(from, to)
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(again.stdout).toContain('Copied no snapshot; 2 were there already.')
    expect(resticCopy(from, to)).toContain('was already copied to snapshot')
    expect((await copy(to, from)).stdout).toContain('Copied no snapshot; 2 were there already.')
    expect(to.stored()).toEqual(stored)
    // What restic has copied, too.
    const third = await makeVault({ name: 'third' })
    resticCopy(from, third)
    expect((await copy(to, third)).stdout).toContain('Copied no snapshot; 2 were there already.')
    expect(snapshotsOf(third).map(({ tree }) => tree)).toEqual(snapshotsOf(to).map(({ tree }) => tree))
    expect(sortedContents(third)).toEqual(sortedContents(to))
  })

  it('copies what restic made to what restic made', async () => {
    const [old, young] = [from.file('restic-a'), from.file('restic-b')]
    for (const path of [old, young]) from.restic('init', '--repo', path)
    from.write('file', noise(2, 2_000_000))
    from.restic('backup', '--repo', old, '--quiet', from.source)
    const env = { RESTIC_REPOSITORY: young, RESTIC_FROM_REPOSITORY: old, RESTIC_FROM_PASSWORD: 'vault' }
    expect(await from.holdfast(['copy'], { env })).toMatchObject({ code: 0 })
    expect(from.restic('check', '--repo', young, '--read-data')).toContain('no errors were found')
    expect(from.restic('dump', '--repo', young, 'latest', '/')).toBe(from.restic('dump', '--repo', old, 'latest', '/'))
  })

  it('copies after more backups what is new, and no blob twice', async () => {
    await history()
    await copy(from, to)
    const packs = packsOf(to)
    from.write('more', noise(3, 500_000))
    await from.backUp()
    const { stdout } = await copy(from, to, '--json')
    const [summary] = messages(stdout, 'summary')
    expect(summary).toMatchObject({ snapshots_copied: 1, snapshots_passed_over: 2 })
    expect(Number(summary?.['bytes_stored'])).toBeLessThan(520_000)
    expect(packsOf(to)).toEqual(expect.arrayContaining(packs))
    expect(sortedContents(to)).toEqual(sortedContents(from))
    const { stdout: pruned } = await to.holdfast(['prune', '--dry-run', '--json'])
    expect(messages(pruned, 'plan')[0]).toMatchObject({ blobs: { unused: 0, repeated: 0 } })
  })

  it('tells in a dry run what would be copied, and changes nothing', async () => {
    await history()
    const stored = to.stored()
    const dry = await copy(from, to, '--dry-run', '--json')
    const planned = messages(dry.stdout, 'would_copy')
    expect(planned).toHaveLength(2)
    expect(to.stored()).toEqual(stored)
    const real = await copy(from, to, '--json')
    const [summary] = messages(real.stdout, 'summary')
    expect(planned.reduce((sum, { blobs }) => sum + Number(blobs), 0)).toBe(summary?.['blobs_copied'])
    expect((await copy(from, to, '--dry-run')).stdout).not.toContain('would be copied:')
  })

  it.each([
    [['latest'], 'bob'],
    [['--host', 'ada'], 'ada'],
    [['--tag', 'nightly', 'latest'], 'ada'],
  ])('copies those only that %j means', async (args, host) => {
    await history()
    expect((await copy(from, to, ...args)).code).toBe(0)
    expect(snapshotsOf(to)).toMatchObject([{ hostname: host }])
  })

  it('keeps every member of a snapshot, known or not, but the parent', async () => {
    await history()
    const repository = await openVault(from)
    const [old] = snapshotsOf(from)
    const plain = (await repository.loadDocument('snapshot', String(old?.id))).toString()
    const odd = plain.replace(/}$/, ',"later":{"a": [1.50, null]}}').replace('{', `{"parent":"${'ab'.repeat(32)}",`)
    await repository.storage.remove({ kind: 'snapshot', name: String(old?.id) })
    const id = await repository.saveDocument('snapshot', Buffer.from(odd))
    await copy(from, to, id)
    const copied = await openVault(to)
    const [listed] = snapshotsOf(to)
    const document = (await copied.loadDocument('snapshot', String(listed?.id))).toString()
    expect(document).toContain(',"later":{"a": [1.50, null]}}')
    expect(JSON.parse(document)).toEqual({
      ...(JSON.parse(plain) as object),
      later: { a: [1.5, null] },
      original: id,
    })
  })

  it('reads a source of format 1, compresses what it brings, and writes to none', async () => {
    const old = from.file('old')
    from.restic('init', '--repository-version', '1', '--repo', old)
    from.write('text', 'again and again\n'.repeat(100_000))
    from.restic('backup', '--quiet', '--repo', old, from.source)
    const env = { RESTIC_FROM_REPOSITORY: old, RESTIC_FROM_PASSWORD: 'vault' }
    const { code, stdout } = await to.holdfast(['copy', '--json'], { env })
    expect(code).toBe(0)
    expect(Number(messages(stdout, 'summary')[0]?.['bytes_stored'])).toBeLessThan(20_000)
    expect(to.restic('check', '--read-data')).toContain('no errors were found')
    expect(to.restic('dump', 'latest', from.at('text'))).toBe('again and again\n'.repeat(100_000))

    const plain = await makeVault({ name: 'plain' })
    const off = await plain.holdfast(['copy', '--json', '--compression', 'off'], { env })
    expect(Number(messages(off.stdout, 'summary')[0]?.['bytes_stored'])).toBeGreaterThan(1_000_000)

    const refused = await copy(to, to, '--repo', old)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('has format 1') as string })
    expect(refused.stderr).toContain('Nothing was changed.')
  })

  it('warns once where the two cut files otherwise, and new backups then find nothing', async () => {
    const other = await makeVault({ chunkerPolynomial: '3dea92648f6e83' })
    await history()
    const first = await copy(from, other)
    expect(first.code).toBe(0)
    expect(first.stderr.match(/different chunker parameters/g)).toHaveLength(1)
    expect(sortedContents(other)).toEqual(sortedContents(from))
    expect((await copy(from, other)).stderr).toBe('')
  })

  it('refuses the same repository, a wrong password, no source, and an unknown one', async () => {
    await history()
    const stored = [from.stored(), to.stored()]
    const same = await copy(from, from)
    expect(same).toMatchObject({ code: 1, stderr: expect.stringContaining('are the same repository.') as string })
    const wrong = await to.holdfast(['copy'], { env: { ...fromVault(from), RESTIC_FROM_PASSWORD: 'no' } })
    expect(wrong).toMatchObject({ code: 12, stderr: expect.stringContaining(from.path) as string })
    const none = await to.holdfast(['copy'])
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('--from-repo') as string })
    const unknown = await to.holdfast(['copy', '--from-repo', to.file('nowhere')], {
      env: { RESTIC_FROM_PASSWORD: 'x' },
    })
    expect(unknown.code).toBe(10)
    // The password of the destination is not tried with the source.
    const asked = await to.holdfast(['copy', '--from-repo', from.path])
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('--from-password-file') as string })
    expect([from.stored(), to.stored()]).toEqual(stored)
  })

  it('takes the source from files and a command, too', async () => {
    await history()
    const [place, password] = [to.file('place'), to.file('password')]
    writeFileSync(place, `${from.path}\n`)
    writeFileSync(password, 'vault\n')
    const files = await to.holdfast(['copy', '--from-repository-file', place, '--from-password-file', password])
    expect(files).toMatchObject({ code: 0, stderr: '' })
    const command = ['copy', '--from-repo', from.path, '--from-password-command', `cat ${password}`]
    expect((await to.holdfast(command)).stdout).toContain('2 were there already')
    const variables = { RESTIC_FROM_REPOSITORY_FILE: place, RESTIC_FROM_PASSWORD_COMMAND: `cat ${password}` }
    expect((await to.holdfast(['copy'], { env: variables })).stdout).toContain('2 were there already')
    const file = { RESTIC_FROM_REPOSITORY: from.path, RESTIC_FROM_PASSWORD_FILE: password }
    expect((await to.holdfast(['copy'], { env: file })).stdout).toContain('2 were there already')
  })

  it('copies nothing where there is nothing', async () => {
    expect((await copy(from, to)).stdout).toContain('There are no snapshots yet.')
    expect(existsSync(join(to.path, 'index')) ? readdirSync(join(to.path, 'index')) : []).toEqual([])
  })

  it('waits for nobody: locked by somebody alone, neither of both is touched', async () => {
    await history()
    const { lockRepository } = await import('../../core/repository/index.ts')
    for (const locked of [from, to]) {
      const lock = await lockRepository(await openVault(locked), { exclusive: true })
      try {
        expect(await copy(from, to)).toMatchObject({ code: 11 })
        const other = locked === from ? to : from
        expect(readdirSync(join(other.path, 'locks'))).toEqual([])
      } finally {
        await lock.release()
      }
    }
    expect(snapshotsOf(to)).toEqual([])
  })
})
