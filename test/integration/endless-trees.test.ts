import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { initRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { storeSnapshot } from '../support/craft.ts'
import { createCraft } from '../support/crafted-tree.ts'
import { jsonLines, runHoldfast, startHoldfast } from '../support/holdfast.ts'

const PASSWORD = 'endless'
const LEVELS = 40n

/** Every folder names the next one twice, 40 times: a few kilobytes that are 2^40 files. */
describe('a snapshot that somebody made up, without an end', () => {
  let home = ''
  let repository: Repository
  let env: Record<string, string> = {}
  let linked = ''
  let deep = ''

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-endless-'))
    const location = join(home, 'repository')
    env = { RESTIC_REPOSITORY: location, RESTIC_PASSWORD: PASSWORD }
    repository = await initRepository(openDirectoryStorage(location), {
      password: PASSWORD,
      owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    await cheapenKey(location, PASSWORD)
    const craft = createCraft(repository)
    const file = (name: string, links: bigint) => craft.file(name, 'content', { links, inode: 5n })
    let tree = craft.tree(file('alone', 1n), file('linked', 2n))
    for (let level = 0n; level < LEVELS; level++) tree = craft.tree(craft.folder('a', tree), craft.folder('b', tree))
    let chain = craft.tree(craft.file('bottom', 'content'))
    for (let level = 0; level < 100; level++) chain = craft.tree(craft.folder('x'.repeat(200), chain))
    await craft.store()
    linked = await storeSnapshot(repository, tree.toString('hex'))
    deep = await storeSnapshot(repository, chain.toString('hex'))
  })
  afterAll(() => rmSync(home, { recursive: true }))

  it.each([
    ['ls', ['ls']],
    ['dump', ['dump']],
    ['restore', ['restore', '--dry-run']],
    ['restore that finds out whether there is room', ['restore']],
  ] as const)('%s ends with 130 when it is told to', async (_title, [command, ...options]) => {
    const where = command === 'restore' ? ['--target', join(home, 'target')] : command === 'dump' ? ['/a'] : []
    const child = startHoldfast(['repo', command, ...options, linked, ...where], { env })
    const exit = new Promise((resolve) => child.once('exit', resolve))
    if (command === 'restore') await isLocked()
    else await new Promise((resolve) => child.stdout.once('data', resolve))
    child.stdout.resume()
    child.kill('SIGTERM')
    expect(await exit).toBe(130)
  })

  it('rewrite ends with 130 when it is told to, in the middle of its walk', async () => {
    const child = startHoldfast(['repo', 'rewrite', '--exclude', 'nowhere', linked], { env })
    const exit = new Promise((resolve) => child.once('exit', resolve))
    await isLocked()
    // Longer than it takes to read the few trees that there are: from then on it waits for nothing any more.
    await sleep(1000)
    child.kill('SIGTERM')
    expect(await exit).toBe(130)
  })

  /** Resolves once a process holds a lock on the repository: it has begun. */
  async function isLocked(): Promise<void> {
    for (;;) for await (const _ of repository.storage.list('lock')) return
  }

  it('stats count it: what hangs on a folder is counted once, and a file with several names once', async () => {
    const files = 2n ** LEVELS
    const size = 7n * files + 7n
    const entries = 2n * files + 2n * (files - 1n)
    const counted = await runHoldfast(['repo', 'stats', '--json', linked], { env })
    expect(counted.code).toBe(0)
    expect(counted.stdout).toContain(`"total_size":${size},"total_file_count":${entries},`)
    for (const mode of ['files-by-contents', 'blobs-per-file', 'raw-data']) {
      const { code, stdout } = await runHoldfast(['repo', 'stats', '--mode', mode, '--json', linked], { env })
      expect(code).toBe(0)
      expect(Number(jsonLines(stdout)[0]?.['total_size'])).toBeLessThan(100_000)
    }
    expect((await runHoldfast(['repo', 'check'], { env })).code).toBe(0)
  })

  it('ls, dump and stats name folders that lie too deep', async () => {
    const listed = await runHoldfast(['repo', 'ls', deep], { env })
    expect(listed.code).toBe(3)
    expect(listed.stderr).toContain('it lies deeper than paths of 16384 bytes reach')
    const dumped = await runHoldfast(['repo', 'dump', deep, '/'], { env })
    expect(dumped.code).toBe(1)
    expect(dumped.stderr).toMatch(/The archive breaks off at .*: it lies deeper than paths of 16384 bytes reach/)
    const counted = await runHoldfast(['repo', 'stats', '--mode', 'raw-data', deep], { env })
    expect(counted.code).toBe(3)
  })
  it('rewrite names the snapshot with such folders, and changes nothing', async () => {
    const { code, stderr } = await runHoldfast(['repo', 'rewrite', '--exclude', 'bottom', deep], { env })
    expect(code).toBe(1)
    const held = `Snapshot ${deep.slice(0, 8)} holds a folder that cannot be looked into: it lies deeper than paths of 16384 bytes reach.`
    expect(stderr).toContain(held)
    expect(stderr).toContain('No snapshot was made anew or removed.')
  })

  it('repair snapshots leaves such folders as they are, and names them', async () => {
    const { code, stdout, stderr } = await runHoldfast(['repo', 'repair', 'snapshots', deep], { env })
    expect(code).toBe(3)
    expect(stdout).toContain('Nothing is to be done.')
    expect(stderr).toMatch(/^(\/x{200}){82}: stays as it is: it lies deeper than paths of 16384 bytes reach\.\n$/)
    const told = await runHoldfast(['repo', 'repair', 'snapshots', '--json', deep], { env })
    const left = jsonLines(told.stdout).filter(({ message_type: type }) => type === 'folder_left')
    expect(left).toEqual([{ message_type: 'folder_left', path: `/${'x'.repeat(200)}`.repeat(82) }])
  })
})
