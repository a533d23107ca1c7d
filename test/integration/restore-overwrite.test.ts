import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { Overwrite } from '../../core/restorer/index.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

/** Seconds. What the snapshot has is from then; what lies in the target is from then, before or after. */
const THEN = 1_700_000_000
const STORED = 'stored content'
/** As long as what is stored. */
const OTHER = 'other content!'
const MODES: readonly Overwrite[] = ['always', 'if-changed', 'if-newer', 'never']

describe('NAS-31: what lies where something is restored', () => {
  let scene: RestoreScene
  let tree: Buffer
  let target = ''

  const at = (...parts: string[]): string => join(target, ...parts)

  function put(name: string, content: string, time: number): void {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), content)
    utimesSync(at(name), time, time)
  }

  beforeAll(async () => {
    scene = await makeRestoreScene()
    const source = scene.path('source')
    const files = ['missing', 'hidden', 'older', 'newer', 'file', 'folder/below', 'folder/deep/below'].map((name) =>
      join(source, name),
    )
    for (const path of files) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, STORED)
    }
    symlinkSync('stored', join(source, 'link'))
    execFileSync('mkfifo', [join(source, 'fifo')])
    execFileSync('find', [source, '-depth', '-exec', 'touch', '-h', '-d', `@${THEN}`, '{}', '+'])
    tree = await scene.backUp(source)
  })
  afterAll(() => scene[Symbol.dispose]())
  beforeEach(() => {
    target = scene.path('target')
    rmSync(target, { recursive: true, force: true })
    mkdirSync(target)
  })

  const run = (overwrite: Overwrite) => scene.restore(tree, target, { overwrite })

  it.each([
    { overwrite: 'always', kept: [] },
    { overwrite: 'if-changed', kept: ['hidden'] },
    { overwrite: 'if-newer', kept: ['hidden', 'newer'] },
    { overwrite: 'never', kept: ['hidden', 'newer', 'older'] },
  ] as const)('files: $overwrite keeps of other content $kept', async ({ overwrite, kept }) => {
    put('hidden', OTHER, THEN)
    put('older', OTHER, THEN - 1)
    put('newer', OTHER, THEN + 1)
    const { restored, problems } = await run(overwrite)
    expect(problems).toEqual([])
    const found = ['hidden', 'newer', 'older'].filter((name) => readFileSync(at(name), 'utf8') === OTHER)
    expect(found).toEqual(kept)
    expect(restored.filesSkipped).toBe(kept.length)
    expect(readFileSync(at('missing'), 'utf8')).toBe(STORED)
    const written = ['hidden', 'newer', 'older', 'missing'].filter((name) => !kept.includes(name as never))
    for (const name of written) {
      expect([name, readFileSync(at(name), 'utf8'), lstatSync(at(name)).mtimeMs]).toEqual([name, STORED, THEN * 1000])
    }
  })

  it.each([
    { overwrite: 'always', time: 1, kept: false },
    { overwrite: 'if-changed', time: 0, kept: false },
    { overwrite: 'if-newer', time: -1, kept: false },
    { overwrite: 'if-newer', time: 1, kept: true },
    { overwrite: 'never', time: -1, kept: true },
  ] as const)(
    'anything in the way of a link or FIFO: $overwrite, $time s newer: kept $kept',
    async ({ overwrite, time, kept }) => {
      put('link', OTHER, THEN + time)
      put('fifo', OTHER, THEN + time)
      expect((await run(overwrite)).problems).toEqual([])
      expect([lstatSync(at('link')).isFile(), lstatSync(at('fifo')).isFile()]).toEqual([kept, kept])
      if (!kept) expect([readlinkSync(at('link')), lstatSync(at('fifo')).isFIFO()]).toEqual(['stored', true])
    },
  )

  it.each(MODES)('a link in the way of a file is never written through: %s', async (overwrite) => {
    const outside = scene.path('outside')
    writeFileSync(outside, OTHER)
    symlinkSync(outside, at('file'))
    execFileSync('touch', ['-h', '-d', `@${THEN - 1}`, at('file')])
    expect((await run(overwrite)).problems).toEqual([])
    expect(readFileSync(outside, 'utf8')).toBe(OTHER)
    expect(lstatSync(at('file')).isSymbolicLink()).toBe(overwrite === 'never')
  })

  it('an empty folder in the way of a file, link or FIFO makes room', async () => {
    for (const name of ['file', 'link', 'fifo']) mkdirSync(at(name))
    expect((await run('always')).problems).toEqual([])
    expect(readFileSync(at('file'), 'utf8')).toBe(STORED)
    expect(readlinkSync(at('link'))).toBe('stored')
  })

  it('a folder with something in it stays, and is named; all else is restored', async () => {
    for (const name of ['file', 'link', 'fifo']) put(`${name}/precious`, OTHER, THEN - 1)
    const { problems, restored } = await run('always')
    expect(problems).toEqual([
      'file fifo: fifo cannot be removed (ENOTEMPTY)',
      'file file: file cannot be removed (ENOTEMPTY)',
      'file link: link cannot be removed (ENOTEMPTY)',
    ])
    expect(restored).toMatchObject({ filesLost: 1, lost: 3 })
    for (const name of ['file', 'link', 'fifo']) expect(readFileSync(at(name, 'precious'), 'utf8')).toBe(OTHER)
    expect(readFileSync(at('folder/deep/below'), 'utf8')).toBe(STORED)
  })

  it.each([
    { overwrite: 'always', time: 1 },
    { overwrite: 'if-changed', time: 1 },
    { overwrite: 'if-newer', time: -1 },
  ] as const)('a file in the way of a folder makes room: $overwrite', async ({ overwrite, time }) => {
    put('folder', OTHER, THEN + time)
    expect((await run(overwrite)).problems).toEqual([])
    expect(readFileSync(at('folder/deep/below'), 'utf8')).toBe(STORED)
  })

  it.each([
    { overwrite: 'if-newer', time: 1 },
    { overwrite: 'never', time: -1 },
  ] as const)('a file in the way of a folder is kept, and named: $overwrite', async ({ overwrite, time }) => {
    put('folder', OTHER, THEN + time)
    const { problems } = await run(overwrite)
    expect(problems).toEqual([
      'file folder: folder is in the way and is no folder (ENOTDIR); nothing that lies in it is restored',
    ])
    expect(readFileSync(at('folder'), 'utf8')).toBe(OTHER)
    expect(readFileSync(at('missing'), 'utf8')).toBe(STORED)
  })

  it.each(MODES)('a link in the way of a folder is kept, named, and not gone through: %s', async (overwrite) => {
    const outside = scene.path('outside-folder')
    mkdirSync(outside, { recursive: true })
    symlinkSync(outside, at('folder'))
    const { problems } = await run(overwrite)
    expect(problems).toEqual([
      'file folder: folder is in the way and is no folder (ENOTDIR); nothing that lies in it is restored',
    ])
    expect(readdirSync(outside)).toEqual([])
    expect(readFileSync(at('missing'), 'utf8')).toBe(STORED)
  })

  it('what the snapshot does not have stays', async () => {
    put('folder/extra', OTHER, THEN)
    expect((await run('always')).problems).toEqual([])
    expect(readFileSync(at('folder/extra'), 'utf8')).toBe(OTHER)
  })

  it('a dry run writes nothing and says how much there is', async () => {
    const { restored } = await scene.restore(tree, scene.path('nowhere'), { dryRun: true })
    expect(restored).toMatchObject({ filesTotal: 7, bytesTotal: 7 * STORED.length, filesDone: 0 })
    expect(existsSync(scene.path('nowhere'))).toBe(false)
  })
})
