import type { ChildProcess } from 'node:child_process'
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { listTree } from '../support/folder-listing.ts'
import { ended, jsonLines, runHoldfast, startHoldfast } from '../support/holdfast.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024
const FILES = 40
const LARGE = 24 * MIB
/** What sealing adds to a blob, for all that are fetched here. */
const OVERHEAD = 16 * 1024

const isPart = (name: string): boolean => name.startsWith('.holdfast-part-')

describe('NAS-29: a restore that was interrupted', () => {
  let scene: RestoreScene
  let source = ''
  let target = ''
  let tree: Buffer

  beforeAll(async () => {
    scene = await makeRestoreScene()
    source = scene.path('source')
    mkdirSync(source)
    const chance = seededChance(31)
    for (let file = 0; file < FILES; file++) {
      // Farther apart in a pack than what is read through.
      writeFileSync(join(source, `file-${file}`), chance.fill(Buffer.alloc(MIB + file)))
    }
    writeFileSync(join(source, 'large'), chance.fill(Buffer.alloc(LARGE)))
    tree = await scene.backUp(source, { packBytes: 4 * MIB })
  })
  afterAll(() => scene[Symbol.dispose]())
  beforeEach(() => {
    target = scene.path('target')
    rmSync(target, { recursive: true, force: true })
    scene.counted.reset()
  })

  /** Files that are there with the time that only a finished file has. */
  function finished(): string[] {
    return names(target).filter((name) => !isPart(name) && isFinished(target, name))
  }

  function isFinished(folder: string, name: string): boolean {
    const there = lstatSync(join(folder, name), { bigint: true, throwIfNoEntry: false })
    return there?.mtimeNs === lstatSync(join(source, name), { bigint: true }).mtimeNs
  }

  const program = ['repo', 'restore', '--workers', '1', '--json']
  const start = (...args: readonly string[]) => startHoldfast([...restoreFrom(scene.location), ...args], { env: env() })
  const restoreFrom = (repository: string) => [...program, '-r', repository, `latest:${source}`, '-t', target]
  const env = () => ({ RESTIC_PASSWORD: scene.password })

  /** Starts the program, and stops it where some files are finished and others are not; again where it was too quick. */
  async function stopInTheMiddle(
    ...args: readonly string[]
  ): Promise<{ child: ChildProcess; exit: ReturnType<typeof ended>; whole: string[] }> {
    for (;;) {
      const child = start(...args)
      const exit = ended(child)
      while (finished().length < 3 && child.exitCode === null) await wait(1)
      child.kill('SIGSTOP')
      const whole = finished()
      if (child.exitCode === null && whole.length < FILES / 2) return { child, exit, whole }
      child.kill('SIGCONT')
      await exit
      rmSync(target, { recursive: true, force: true })
    }
  }

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'by %s goes on where it was: what was finished is not fetched again, and all is as it was',
    async (signal) => {
      const { child, exit, whole } = await stopInTheMiddle()
      child.kill(signal)
      child.kill('SIGCONT')
      const { code, stderr } = await exit
      expect(code).toBe(signal === 'SIGINT' ? 130 : null)
      if (signal === 'SIGINT') {
        expect(stderr).toContain('Stopped by SIGINT')
        expect(readdirSync(join(scene.location, 'locks'))).toEqual([])
      }
      // A file that is finished has its content: times are written last.
      const done = finished()
      expect(done).toEqual(expect.arrayContaining(whole))
      for (const name of done) {
        expect(readFileSync(join(target, name)).equals(readFileSync(join(source, name)))).toBe(true)
      }
      expect(done.length).toBeLessThan(FILES + 1)

      const missing = names(source).filter((name) => !done.includes(name))
      const second = await scene.restore(tree, target)
      expect(second.problems).toEqual([])
      expect(second.restored.filesSkipped).toBe(done.length)
      expect(fetched()).toBeLessThanOrEqual(bytesOf(missing) + OVERHEAD)
      expect(listTree(target)).toEqual(listTree(source))
    },
  )

  it.each([
    ['never', 'SIGINT'],
    ['never', 'SIGKILL'],
    ['if-newer', 'SIGINT'],
    ['if-newer', 'SIGKILL'],
  ] as const)(
    'with --overwrite %s, by %s, shows no file that is not whole, and goes on with what is missing',
    async (overwrite, signal) => {
      // One that is older, and stays what it is until the other one is whole.
      const older = join(target, 'large')
      if (overwrite === 'if-newer') {
        mkdirSync(target)
        writeFileSync(older, 'older')
        utimesSync(older, 1, 1)
      }
      const { child, exit } = await stopInTheMiddle('--overwrite', overwrite)
      child.kill(signal)
      child.kill('SIGCONT')
      const { stderr } = await exit
      if (signal === 'SIGINT') expect(stderr).not.toContain('in part')
      const there = names(target).filter((name) => !isPart(name))
      for (const name of there) {
        if (readFileSync(join(target, name), 'latin1') === 'older') continue
        expect(readFileSync(join(target, name)).equals(readFileSync(join(source, name))), name).toBe(true)
      }
      expect(there.length).toBeLessThan(FILES + 1)
      if (signal === 'SIGINT') expect(names(target).filter(isPart)).toEqual([])

      const { code, stdout } = await ended(start('--overwrite', overwrite))
      expect(code).toBe(0)
      expect(Number(jsonLines(stdout).at(-1)?.['files_skipped'])).toBeGreaterThan(2)
      expect(listTree(target)).toEqual(listTree(source))
    },
  )

  it('and is complete after all fetches nothing more, not even where the packs are gone', async () => {
    const first = await runHoldfast(restoreFrom(scene.location), { env: env() })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const copy = scene.path('without packs')
    cpSync(scene.location, copy, { recursive: true })
    await scene.restore(tree, scene.path('counted'))
    for (const { pack } of scene.counted.reads) rmSync(join(copy, 'data', pack.slice(0, 2), pack), { force: true })
    const again = await runHoldfast(restoreFrom(copy), { env: env() })
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLines(again.stdout).at(-1)).toMatchObject({
      message_type: 'summary',
      total_files: FILES + 1,
      files_skipped: FILES + 1,
      files_lost: 0,
    })
    rmSync(join(target, 'file-7'))
    const lost = await runHoldfast(restoreFrom(copy), { env: env() })
    expect(lost.code).toBe(1)
    expect(jsonLines(lost.stdout)).toContainEqual(expect.objectContaining({ item: 'file-7' }))
  })

  it('in the middle of a large file fetches only what is missing of it', async () => {
    const controller = new AbortController()
    const blocks = (): number => lstatSync(join(target, 'large'), { throwIfNoEntry: false })?.blocks ?? 0
    // Three reads are let through; once something of them is written, it is stopped.
    scene.counted.delay = async () => {
      if (scene.counted.reads.length <= 3) return
      while (blocks() === 0) await wait(1)
      controller.abort(new Error('enough'))
    }
    const selection = { includes: ['large'] }
    await expect(scene.restore(tree, target, { selection, signal: controller.signal })).rejects.toThrow('enough')
    scene.counted.delay = undefined
    expect(isFinished(target, 'large')).toBe(false)
    const before = lstatSync(join(target, 'large'))
    const missing = LARGE - blocks() * 512
    expect(missing).toBeLessThan(LARGE)
    scene.counted.reset()
    expect((await scene.restore(tree, target, { selection })).problems).toEqual([])
    expect(fetched()).toBeGreaterThan(0)
    expect(fetched()).toBeLessThanOrEqual(missing + OVERHEAD)
    expect(lstatSync(join(target, 'large')).ino).toBe(before.ino)
    expect(readFileSync(join(target, 'large')).equals(readFileSync(join(source, 'large')))).toBe(true)
  })

  it('by a storage that was away for some packs restores the rest, and then only what was missing', async () => {
    const away = new Set<string>()
    scene.counted.refuse = (pack) => {
      if (away.size < 2) away.add(pack)
      return away.has(pack) ? new CoreError('storage/unreachable', 'the line is down', { retryable: true }) : undefined
    }
    const { restored, problems } = await scene.restore(tree, target)
    scene.counted.refuse = undefined
    expect(restored.filesLost).toBeGreaterThan(0)
    expect(restored.filesLost).toBeLessThan(FILES)
    expect(problems).toHaveLength(restored.filesLost)
    for (const problem of problems) expect(problem).toContain('the line is down')
    const done = names(target).filter((name) => isFinished(target, name))
    expect(done).toHaveLength(FILES + 1 - restored.filesLost)
    scene.counted.reset()
    const second = await scene.restore(tree, target)
    expect(second).toMatchObject({ problems: [], restored: { filesSkipped: done.length } })
    expect(new Set(scene.counted.reads.map(({ pack }) => pack))).toEqual(away)
    expect(listTree(target)).toEqual(listTree(source))
  })

  it('by a storage that has gone ends at once and says so: no file is called lost', async () => {
    const gone = `${scene.location}.gone`
    let asked = 0
    scene.counted.refuse = () => {
      if (++asked === 3) renameSync(scene.location, gone)
      return undefined
    }
    try {
      await expect(scene.restore(tree, target)).rejects.toMatchObject({
        code: 'storage/unreachable',
        remedy: expect.stringContaining('mounted') as string,
      })
      // What was under way meanwhile, and not every file's packs and their halves.
      expect(scene.counted.reads.length).toBeLessThan(FILES / 2)
    } finally {
      scene.counted.refuse = undefined
      renameSync(gone, scene.location)
    }
    expect((await scene.restore(tree, target)).problems).toEqual([])
    expect(listTree(target)).toEqual(listTree(source))
  })

  const fetched = (): number => scene.counted.reads.reduce((sum, { length }) => sum + length, 0)
  const bytesOf = (some: readonly string[]): number =>
    some.reduce((sum, name) => sum + lstatSync(join(source, name)).size, 0)
})

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
