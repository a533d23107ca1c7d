import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { listLocks, openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { asRoot, isRoot } from '../support/privilege.ts'
import { expectSameTree } from '../support/tree-listing.ts'

/** What has no content to compare. */
const SPECIAL = ['fifo', 'device', 'block device']

/** A file that is nearly all hole. restic 0.14 has no --sparse: it writes every byte. */
function writeSparse(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  writeSync(file, 'begin', 0)
  ftruncateSync(file, bytes)
  writeSync(file, 'end', bytes - 3)
  closeSync(file)
}

const summaryOf = (output: string): Record<string, unknown> => jsonLines(output).at(-1) ?? {}

const MOST_ROUNDS = 5

describeWith(['restic', 'acl', 'attr'], 'beside stock restic', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-interop-'))
  const source = join(home, 'source')
  const env = { ...process.env, RESTIC_PASSWORD: 'interop', RESTIC_CACHE_DIR: join(home, 'cache') }
  const at = (...parts: string[]): string => join(source, ...parts)

  const restic = (...args: string[]): string => execFileSync('restic', args, { env, encoding: 'utf8', stdio: 'pipe' })

  async function holdfast(...args: string[]): Promise<Record<string, unknown>> {
    const ended = await runHoldfast(['repo', ...args, '--json'], { env })
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    return jsonLines(ended.stdout).at(-1) ?? {}
  }

  beforeAll(() => {
    // Together some 3,600 bytes: with what is before it, also where it is restored to, just below PATH_MAX.
    const deep = at('deep', ...Array.from({ length: 60 }, (_, level) => `level-${level}-`.padEnd(59, 'x')))
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, 'file'), 'far down')
    mkdirSync(at('empty folder'))
    for (const name of ['plain', 'quote"', 'back\\slash', 'new\nline', 'nb\u00a0space', '<&>', '😀', 'ﬁ', "it's"]) {
      writeFileSync(at(name), `content of ${name}`)
    }
    writeFileSync(Buffer.concat([Buffer.from(`${source}/bad-`), Buffer.of(0xff, 0xe9), Buffer.from('A')]), 'not UTF-8')
    writeFileSync(at('empty'), '')
    writeFileSync(at('large'), Buffer.alloc(5_000_000, 'several chunks, cut where the content says so. '))
    linkSync(at('plain'), at('hard link'))
    symlinkSync('plain', at('link'))
    symlinkSync(Buffer.from('/nowhere/at/all'), at('dangling'))
    lutimesSync(at('link'), 1_600_000_000.123_456, 1_600_000_000.123_456)
    chmodSync(at('plain'), 0o4755)
    utimesSync(at('<&>'), 1, -1.5)
    writeSparse(at('sparse'), 64 * 1024 * 1024)
    execFileSync('mkfifo', [at('fifo')])
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', at('large')])
    execFileSync('setfacl', ['-m', 'u:1234:rw', at('empty')])
    execFileSync('setfacl', ['-d', '-m', 'u:1234:rwx', at('empty folder')])
    asRoot('interoperation of devices', () => {
      execFileSync('mknod', [at('device'), 'c', '1', '3'])
      execFileSync('mknod', [at('block device'), 'b', '7', '200'])
    })
    mkdirSync(at('many'))
    for (let file = 0; file < 2000; file++) writeFileSync(at('many', `file-${file}`), `number ${file % 500}`)
  })
  afterAll(() => rmSync(home, { recursive: true }))

  function expectSame(target: string): void {
    expectSameTree(join(target, source), source, SPECIAL)
    if (!isRoot) return
    for (const name of ['device', 'block device']) {
      expect(lstatSync(join(target, source, name)).rdev, name).toBe(lstatSync(at(name)).rdev)
    }
  }

  it('restores what restic backed up, and adds no new data to its repository', async () => {
    const vault = join(home, 'theirs')
    restic('init', '-r', vault)
    restic('backup', '-r', vault, source)
    const summary = await holdfast('backup', '-r', vault, '--force', source)
    expect(summary['data_blobs']).toBe(0)
    await holdfast('restore', '-r', vault, 'latest', '--target', join(home, 'by-us'), '--verify', '--sparse')
    expectSame(join(home, 'by-us'))
    restic('check', '-r', vault, '--read-data')
  })

  it('is restored by restic, which adds no new data either', async () => {
    const vault = join(home, 'ours')
    await holdfast('init', '-r', vault)
    await holdfast('backup', '-r', vault, source)
    const summary = jsonLines(restic('backup', '-r', vault, '--force', '--json', source)).at(-1) ?? {}
    expect(summary['data_blobs']).toBe(0)
    const [first] = JSON.parse(restic('snapshots', '-r', vault, '--json')) as { id: string }[]
    restic('restore', '-r', vault, first?.id ?? '', '--target', join(home, 'by-them'))
    expectSame(join(home, 'by-them'))
    restic('check', '-r', vault, '--read-data')
  })

  it('takes unchanged files from a snapshot of the other program, and the other from ours', async () => {
    const vault = join(home, 'in turn')
    restic('init', '-r', vault)
    const first = summaryOf(restic('backup', '-r', vault, '--host', 'same', '--json', source))
    const ours = await holdfast('backup', '-r', vault, '--host', 'same', source)
    expect(ours).toMatchObject({ files_new: 0, files_changed: 0, files_unmodified: first['files_new'], data_blobs: 0 })
    const [newest] = JSON.parse(restic('snapshots', '-r', vault, '--json', '--latest', '1')) as { id: string }[]
    expect(newest?.id).toBe(ours['snapshot_id'])
    const theirs = summaryOf(restic('backup', '-r', vault, '--host', 'same', '--json', source))
    expect(theirs).toMatchObject({
      files_new: 0,
      files_changed: 0,
      files_unmodified: first['files_new'],
      data_blobs: 0,
    })
    restic('check', '-r', vault, '--read-data')
  })

  it('writes to the same repository at the same time', async () => {
    const vault = join(home, 'shared')
    restic('init', '-r', vault)
    await cheapenKey(vault, 'interop')
    const repository = await openRepository(openDirectoryStorage(vault), 'interop')
    // On a busy machine the one may have ended before the other has begun: then they begin once more.
    let rounds = 0
    for (let haveMet = false; !haveMet; rounds++) {
      expect(rounds).toBeLessThan(MOST_ROUNDS)
      const started = Array.from({ length: 3 }, (_, number) => {
        const args = ['-r', vault, 'backup', '--force', '--host', `theirs-${rounds}-${number}`, source]
        return spawn('restic', args, { env, stdio: 'ignore' })
      })
      const pids = new Set(started.map(({ pid }) => pid))
      const theirs = started.map((child) => new Promise((resolve) => child.on('close', resolve)))
      const ours = Array.from({ length: 3 }, (_, number) =>
        holdfast('backup', '-r', vault, '--force', '--host', `ours-${rounds}-${number}`, source),
      )
      const all = Promise.all([...theirs, ...ours])
      // A lock is held from before the first thing is written until after the last.
      const watching = all.then(
        () => false,
        () => false,
      )
      do {
        // One without a process was removed while it was read.
        const owners: number[] = []
        for await (const { lock } of listLocks(repository)) if (lock?.pid !== undefined) owners.push(lock.pid)
        const foreign = owners.filter((pid) => pids.has(pid)).length
        haveMet ||= foreign > 0 && owners.length > foreign
      } while (await Promise.race([watching, new Promise((resolve) => setImmediate(resolve, true))]))
      expect((await all).slice(0, 3)).toEqual([0, 0, 0])
    }
    restic('check', '-r', vault, '--read-data')
    const snapshots = JSON.parse(restic('snapshots', '-r', vault, '--json')) as { id: string; hostname: string }[]
    expect(snapshots).toHaveLength(6 * rounds)
    expect(readdirSync(join(vault, 'locks'))).toEqual([])
    // Each by the program that did not make it.
    for (const { id, hostname } of snapshots) {
      const target = join(home, hostname)
      if (hostname.startsWith('theirs')) await holdfast('restore', '-r', vault, id, '--target', target)
      else restic('restore', '-r', vault, id, '--target', target)
      expectSame(target)
      rmSync(target, { recursive: true })
    }
  })
})

describeWith(['restic', 'attr'], 'a hundred thousand files and a sparse one of 5 GiB, beside stock restic', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-interop-large-'))
  const source = join(home, 'source')
  const env = { ...process.env, RESTIC_PASSWORD: 'interop', RESTIC_CACHE_DIR: join(home, 'cache') }
  const restic = (...args: string[]): string => execFileSync('restic', args, { env, encoding: 'utf8', stdio: 'pipe' })

  async function holdfast(...args: string[]): Promise<Record<string, unknown>> {
    const ended = await runHoldfast(['repo', ...args, '--json'], { env })
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
    return jsonLines(ended.stdout).at(-1) ?? {}
  }

  beforeAll(() => {
    for (let folder = 0; folder < 100; folder++) {
      mkdirSync(join(source, `folder-${folder}`), { recursive: true })
      for (let file = 0; file < 1000; file++) {
        writeFileSync(join(source, `folder-${folder}`, `file-${file}`), `content ${(folder * 1000 + file) % 30_011}`)
      }
    }
    writeSparse(join(source, 'sparse'), 5 * 1024 ** 3)
  })
  afterAll(() => rmSync(home, { recursive: true }))

  it('comes back from restic’s repository by us, which adds no new data to it', async () => {
    const vault = join(home, 'theirs')
    restic('init', '-r', vault)
    restic('backup', '-r', vault, source)
    expect((await holdfast('backup', '-r', vault, '--force', source))['data_blobs']).toBe(0)
    const target = join(home, 'by-us')
    await holdfast('restore', '-r', vault, 'latest', '--target', target, '--sparse')
    expectSameTree(join(target, source), source)
    expect(statSync(join(target, source, 'sparse')).blocks * 512).toBeLessThan(16 * 1024 ** 2)
    rmSync(target, { recursive: true })
    rmSync(vault, { recursive: true })
  })

  it('comes back from our repository by restic, which adds no new data either', async () => {
    const vault = join(home, 'ours')
    await holdfast('init', '-r', vault)
    await holdfast('backup', '-r', vault, source)
    const [first] = JSON.parse(restic('snapshots', '-r', vault, '--json')) as { id: string }[]
    const summary = jsonLines(restic('backup', '-r', vault, '--force', '--json', source)).at(-1) ?? {}
    expect(summary['data_blobs']).toBe(0)
    restic('check', '-r', vault, '--read-data')
    const target = join(home, 'by-them')
    restic('restore', '-r', vault, first?.id ?? '', '--target', target)
    expectSameTree(join(target, source), source)
  })
})
