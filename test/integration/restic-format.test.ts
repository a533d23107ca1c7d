import { execFileSync, spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'

import { lockRepository, openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { startRepositoryProcess } from '../support/repository-process/start.ts'
import { expectSameTree } from '../support/tree-listing.ts'

const PASSWORD = 'facts'

describeWith(['restic', 'attr'], "what is known of restic's format", () => {
  let home: string
  let vault: string
  let source: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-facts-'))
    vault = join(home, 'vault')
    source = join(home, 'source')
    mkdirSync(join(source, 'folder'), { recursive: true })
    writeFileSync(join(source, 'folder/text'), 'some text, '.repeat(10_000))
    writeFileSync(join(source, 'noise'), Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i * 31) >> 7)))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const env = (): Record<string, string> => ({
    RESTIC_REPOSITORY: vault,
    RESTIC_PASSWORD: PASSWORD,
    RESTIC_CACHE_DIR: join(home, 'cache'),
  })
  const restic = (...args: string[]) =>
    spawnSync('restic', ['-q', ...args], { env: { ...process.env, ...env() }, encoding: 'utf8' })
  const holdfast = (...args: string[]) => runHoldfast(['repo', ...args], { env: env() })
  const locks = (): string[] => readdirSync(join(vault, 'locks'))
  const packs = (): string[] =>
    readdirSync(join(vault, 'data'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(vault, 'data', name))
      .filter((path) => statSync(path).isFile())

  it('documents begin with byte 2 and are compressed, but for the config, which is plain JSON', async () => {
    await holdfast('init')
    await holdfast('backup', source)
    const repository = await openRepository(openDirectoryStorage(vault), PASSWORD)
    const opened = (kind: string, name: string): Buffer => {
      const sealed = readFileSync(join(vault, kind, name))
      const plain = Buffer.alloc(sealed.length - 32)
      repository.sealer.open(sealed, plain)
      return plain
    }
    const lock = await lockRepository(repository, { exclusive: false })
    onTestFinished(() => lock.release())
    for (const kind of ['snapshots', 'index', 'locks']) {
      const names = readdirSync(join(vault, kind))
      expect(names).not.toEqual([])
      for (const name of names) {
        const plain = opened(kind, name)
        expect(plain[0]).toBe(2)
        // The magic number of a zstd frame, RFC 8878.
        expect(plain.readUInt32LE(1)).toBe(0xfd2fb528)
      }
    }
    expect(JSON.parse(opened('', 'config').toString())).toMatchObject({ version: 2 })
  })

  it('a pack that was removed while an index names it: what it held is stored again, and the run is no success', async () => {
    restic('init')
    expect(restic('backup', source).status).toBe(0)
    for (const pack of packs()) unlinkSync(pack)
    const dry = await holdfast('backup', source, '--json', '--dry-run')
    expect(dry.code).toBe(3)
    expect(dry.stdout).toMatch(/"missing_packs":[1-9]/)
    const { code, stderr } = await holdfast('backup', source)
    expect(code).toBe(3)
    expect(stderr).toContain('repair index')
    expect((await holdfast('restore', 'latest', '--target', join(home, 'ours'), '--verify')).code).toBe(0)
    expectSameTree(join(home, 'ours', source), source)
    // As the message says.
    expect(restic('rebuild-index').status).toBe(0)
    expect(restic('restore', 'latest', '--target', join(home, 'theirs')).status).toBe(0)
    expectSameTree(join(home, 'theirs', source), source)
    // And from then on it is one.
    expect((await holdfast('backup', source)).code).toBe(0)
  })

  it('a repository of format 1 is read and restored, and not written', async () => {
    restic('init', '--repository-version', '1')
    expect(restic('backup', source).status).toBe(0)
    expect((await holdfast('snapshots')).code).toBe(0)
    expect((await holdfast('ls', 'latest')).stdout).toContain('folder/text')
    expect((await holdfast('check', '--read-data')).code).toBe(0)
    expect((await holdfast('restore', 'latest', '--target', join(home, 'ours'), '--verify')).code).toBe(0)
    expectSameTree(join(home, 'ours', source), source)
    const { code, stderr } = await holdfast('backup', source)
    expect(code).toBe(1)
    expect(stderr).toMatch(/version 1|format 1/)
    expect(restic('check', '--read-data').status).toBe(0)
  })

  it('sockets are left out, as restic leaves them out', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(source, 'socket'), resolve))
    try {
      await holdfast('init')
      expect((await holdfast('backup', source)).code).toBe(0)
    } finally {
      server.close()
    }
    const listed = restic('ls', 'latest').stdout
    expect(listed).toContain('folder/text')
    expect(listed).not.toContain('socket')
  })

  it('a file of one hole and a few bytes has the content that it seems to have', async () => {
    truncateSync(join(source, 'noise'), 20_000_000)
    await holdfast('init')
    expect((await holdfast('backup', source)).code).toBe(0)
    expect(restic('restore', 'latest', '--target', join(home, 'theirs')).status).toBe(0)
    execFileSync('diff', ['-r', source, join(home, 'theirs', source)])
  })

  it('a lock that kill -9 left stops restic until it is unlocked, and us not at all', async () => {
    await holdfast('init')
    const leave = async (): Promise<void> => {
      const holder = startRepositoryProcess('hold-lock', vault, 'exclusive', PASSWORD)
      expect(await holder.next()).toBe('locked')
      holder.signal('SIGKILL')
      await holder.ended
      expect(locks()).toHaveLength(1)
    }
    await leave()
    expect(restic('check').stderr).toContain('already locked')
    expect(restic('unlock').status).toBe(0)
    expect(locks()).toEqual([])
    await leave()
    expect((await holdfast('unlock')).code).toBe(0)
    expect(locks()).toEqual([])
    expect(restic('check').status).toBe(0)
    await leave()
    expect((await holdfast('backup', source)).code).toBe(0)
    expect(locks()).toEqual([])
    expect(restic('check').status).toBe(0)
  })

  it('a lock of another host stops both, as nobody can say whether its owner lives', async () => {
    await holdfast('init')
    await holdfast('backup', source)
    const key = await openRepository(openDirectoryStorage(vault), PASSWORD)
    const plain = { time: new Date().toISOString(), exclusive: true, hostname: 'elsewhere', username: 'x', pid: 1 }
    const bytes = Buffer.from(JSON.stringify(plain))
    const sealed = Buffer.alloc(bytes.length + 32)
    key.sealer.seal(bytes, sealed, 0)
    await key.storage.save({ kind: 'lock', name: hash('sha256', sealed) }, sealed)
    expect(restic('check').status).not.toBe(0)
    expect((await holdfast('backup', source)).code).toBe(11)
    expect((await holdfast('unlock')).code).toBe(0)
    expect(locks()).toHaveLength(1)
    expect((await holdfast('unlock', '--remove-all')).code).toBe(0)
    expect(restic('check').status).toBe(0)
  })
})
