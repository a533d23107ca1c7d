import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { listTouched, listTree } from '../support/folder-listing.ts'
import { type Ended, jsonLines, runHoldfast } from '../support/holdfast.ts'
import { PROGRAM } from '../support/program.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

describe('holdfast repo restore', () => {
  let scene: RestoreScene
  let source = ''

  beforeAll(async () => {
    scene = await makeRestoreScene()
    source = scene.path('source')
    mkdirSync(join(source, 'folder/deep'), { recursive: true })
    writeFileSync(join(source, 'folder/one.txt'), 'one')
    writeFileSync(join(source, 'folder/deep/two.txt'), 'two')
    writeFileSync(join(source, 'three.log'), 'three')
    symlinkSync('three.log', join(source, 'link'))
    await scene.backUp(source)
  })
  afterAll(() => scene[Symbol.dispose]())

  const restore = (...args: string[]): Promise<Ended> =>
    runHoldfast(['repo', 'restore', '-r', scene.location, ...args], { env: { RESTIC_PASSWORD: scene.password } })

  const locks = (): string[] => readdirSync(join(scene.location, 'locks'))

  it('FS-19: restores to another place, says so, and ends with 0', async () => {
    const target = scene.path('elsewhere/made on the way')
    const { code, stdout, stderr } = await restore(`latest:${source}`, '--target', target, '--verify')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Restored 3 files, 11 B to ${target} in .*, and read all that again\\.$`, 'm'))
    expect(listTree(target)).toEqual(listTree(source))
    expect(locks()).toEqual([])
  })

  it('takes patterns from files too', async () => {
    const patterns = scene.path('list of patterns')
    writeFileSync(patterns, '# only these\n  *.TXT  \n')
    const restored = async (...args: string[]): Promise<string[]> => {
      const target = scene.path('by patterns')
      rmSync(target, { recursive: true, force: true })
      expect(await restore(`latest:${source}`, '--target', target, ...args)).toMatchObject({ code: 0, stderr: '' })
      return readdirSync(target, { recursive: true, encoding: 'utf8' }).toSorted()
    }
    const texts = ['folder', 'folder/deep', 'folder/deep/two.txt', 'folder/one.txt']
    expect(await restored('--iinclude-file', patterns)).toEqual(texts)
    expect(await restored('--iexclude-file', patterns)).toEqual(['folder', 'folder/deep', 'link', 'three.log'])
    writeFileSync(patterns, '*.txt')
    expect(await restored('--include-file', patterns)).toEqual(texts)
    expect(await restored('--exclude-file', patterns)).toEqual(['folder', 'folder/deep', 'link', 'three.log'])
    expect(await restored('--iexclude', '*.LOG')).toEqual([...texts, 'link'])
    const none = await restore('latest', '--target', scene.path('none'), '--include-file', '/nowhere')
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('/nowhere cannot be read') as string })
  })

  it('refuses a target that is a repository, or lies in one', async () => {
    const link = scene.path('link into it')
    symlinkSync(join(scene.location, 'data'), link)
    for (const target of [scene.location, join(scene.location, 'data/made'), link, join(link, 'made')]) {
      const { code, stderr } = await restore('latest', '--target', target)
      expect(code).toBe(1)
      expect(stderr).toBe(
        `${scene.location} is a repository: nothing is restored into one.\nNothing was written.\nName another target.\n`,
      )
    }
    expect(existsSync(join(scene.location, 'data/made'))).toBe(false)
  })

  it('says of files that stay as they are whether it looked at their content, and of which it verified', async () => {
    const target = scene.path('again')
    await restore(`latest:${source}`, '--target', target)
    const always = await restore(`latest:${source}`, '--target', target, '--verify')
    expect(always.stdout).toContain('3 files that were there already stay as they are, as the content is right.')
    expect(always.stdout).not.toContain('read all that again')
    const never = await restore(`latest:${source}`, '--target', target, '--overwrite', 'never')
    expect(never.stdout).toContain('stay as they are; the content was not read.')
    const json = await restore(`latest:${source}`, '--target', target, '--overwrite', 'never', '--verify', '--json')
    expect(jsonLines(json.stdout).at(-1)).toMatchObject({ files_skipped: 3, files_verified: 0 })
  })

  it('FS-19: restores to where it was, and touches nothing but what was lost', async () => {
    const whole = listTree(source)
    const before = listTouched(source)
    const above = lstatSync(scene.home, { bigint: true })
    rmSync(join(source, 'folder/deep'), { recursive: true })
    writeFileSync(join(source, 'three.log'), 'altered')
    const { code, stderr } = await restore('latest', '--original', '--include', source)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(listTree(source)).toEqual(whole)
    const touched = [...listTouched(source)].filter(([path, now]) => before.get(path) !== now).map(([path]) => path)
    expect(touched).toEqual(['folder', 'folder/deep', 'folder/deep/two.txt', 'three.log'])
    const after = lstatSync(scene.home, { bigint: true })
    expect([after.mode, after.mtimeNs, after.ctimeNs]).toEqual([above.mode, above.mtimeNs, above.ctimeNs])
  })

  it('says how many files were there already, and does not count them as restored', async () => {
    const target = scene.path('there')
    mkdirSync(join(target, 'folder'), { recursive: true })
    writeFileSync(join(target, 'folder/one.txt'), 'of somebody')
    const { code, stdout } = await restore(`latest:${source}`, '--target', target, '--overwrite', 'never')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Restored 2 of 3 files, 8 B to /m)
    expect(stdout).toMatch(/^1 file that was there already stays as it is; the content was not read\.$/m)
  })

  it('ends with 1 where something is lost, names it, and counts only what came back', async () => {
    const target = scene.path('in the way')
    await restore(`latest:${source}/folder`, '--target', join(target, 'folder'))
    mkdirSync(join(target, 'three.log/not empty'), { recursive: true })
    const run = await restore(`latest:${source}`, '--target', target, '--json')
    expect(run.code).toBe(1)
    expect(jsonLines(run.stdout).at(-1)).toMatchObject({
      total_files: 3,
      files_restored: 0,
      files_skipped: 2,
      files_lost: 1,
      bytes_restored: 0,
    })
    rmSync(join(target, 'folder'), { recursive: true })
    const again = await restore(`latest:${source}`, '--target', target)
    expect(again.stdout).toMatch(/^Restored 2 of 3 files, 6 B to /m)
    expect(again.stderr).toContain('three.log')
    expect(again.stderr).toContain('1 entry could not be restored')
  })

  it('restores one folder of a snapshot', async () => {
    const target = scene.path('one folder')
    expect((await restore(`latest:${source}/folder`, '--target', target)).code).toBe(0)
    expect(readFileSync(join(target, 'deep/two.txt'), 'utf8')).toBe('two')
    expect(readdirSync(target)).toEqual(['deep', 'one.txt'])
  })

  it('restores what patterns take, and folders that lead there without their times', async () => {
    const target = scene.path('patterns')
    const { code, stdout } = await restore('latest', '-t', target, '--include', '*.txt', '--json')
    expect(code).toBe(0)
    const summary = {
      message_type: 'summary',
      total_files: 2,
      files_restored: 2,
      files_skipped: 0,
      files_lost: 0,
      problems: 0,
    }
    expect(jsonLines(stdout).at(-1)).toMatchObject(summary)
    expect(readdirSync(join(target, source))).toEqual(['folder'])
    expect(readFileSync(join(target, source, 'folder/deep/two.txt'), 'utf8')).toBe('two')
  })

  it('makes only folders that lead to what patterns take', async () => {
    const target = scene.path('few folders')
    expect((await restore(`latest:${source}`, '-t', target, '--include', 'two.txt')).code).toBe(0)
    expect(listTree(target).map((line) => line.split(' ')[0])).toHaveLength(3)
    expect((await restore(`latest:${source}`, '-t', scene.path('one'), '--include', 'three.log')).code).toBe(0)
    expect(readdirSync(scene.path('one'))).toEqual(['three.log'])
  })

  it.each([
    ['--include', '*.docx'],
    ['--exclude', '*'],
  ])('ends with 3 and says so where %s %s leaves nothing', async (option, pattern) => {
    const target = scene.path('nothing')
    for (const dry of [[], ['--dry-run']]) {
      const { code, stderr } = await restore('latest', '--target', target, option, pattern, ...dry)
      expect(code).toBe(3)
      expect(stderr).toMatch(/^Nothing in snapshot [0-9a-f]{8} fits the patterns that were given\./)
      expect(existsSync(target)).toBe(false)
    }
  })

  it.each([
    ['a snapshot that there is not', ['0123abcd'], 'No snapshot has an id that begins with "0123abcd"'],
    ['no snapshot of that host', ['latest', '--host', 'nobody'], 'fits the filter'],
    ['a folder that there is not', ['latest:/nowhere'], 'has no /nowhere'],
    ['patterns both ways', ['latest', '--include', 'a', '--exclude', 'b'], 'not both'],
    ['two places at once', ['latest', '--original'], "'--original' cannot be used with"],
    ['a mode that there is not', ['latest', '--overwrite', 'sometimes'], 'always, if-changed, if-newer or never'],
  ])('ends with 1 for %s, before anything is written', async (_title, args, said) => {
    const target = scene.path('refused')
    const { code, stdout, stderr } = await restore(...args, '--target', target)
    expect({ code, stdout: stdout.replace(/^Restoring .*\n/, '') }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(said)
    expect(stderr).not.toContain('defect')
    expect(readdirSync(scene.home)).not.toContain('refused')
    expect(locks()).toEqual([])
  })

  it('ends with 1 for a file for a folder, before anything is written', async () => {
    const { code, stderr } = await restore(`latest:${source}/folder/one.txt`, '--target', scene.path('refused'))
    expect(code).toBe(1)
    expect(stderr).toContain(`${source}/folder/one.txt`)
    expect(readdirSync(scene.home)).not.toContain('refused')
  })

  it('ends with 1 where it was not said where to', async () => {
    const { code, stderr } = await restore('latest')
    expect(code).toBe(1)
    expect(stderr).toContain('Give --target FOLDER, or --original')
  })

  it.each(['file', 'file/below', 'dangling'])('FS-22: ends with 1 where the target is no folder: %s', async (name) => {
    writeFileSync(scene.path('file'), 'mine')
    rmSync(scene.path('dangling'), { force: true })
    symlinkSync('nowhere', scene.path('dangling'))
    const { code, stderr } = await restore('latest', '--target', scene.path(name))
    expect(code).toBe(1)
    expect(stderr).toContain(`${scene.path(name)} is not a folder, or does not lie in one`)
    expect(stderr).toContain('restore to another folder')
    expect(readFileSync(scene.path('file'), 'utf8')).toBe('mine')
  })

  it('restores through a link to a folder, as the target is the choice of whoever restores', async () => {
    mkdirSync(scene.path('real'))
    symlinkSync('real', scene.path('to real'))
    expect((await restore(`latest:${source}`, '--target', scene.path('to real'))).code).toBe(0)
    expect(listTree(scene.path('real'))).toEqual(listTree(source))
  })
})

describe('a restore that meets its limits', () => {
  it('counts nothing as written of files that cannot have their size, and runs out of nothing', async () => {
    using scene = await makeRestoreScene()
    const large = scene.path('large')
    mkdirSync(large)
    for (let file = 0; file < 150; file++) writeFileSync(join(large, `${file}`), Buffer.alloc(3_000_000, `${file} `))
    await scene.backUp(large)
    const command = [process.execPath, PROGRAM, 'repo', 'restore', '-r', scene.location, '--json']
    const target = scene.path('limited')
    const run = spawnSync(
      'sh',
      ['-c', 'ulimit -f 2000; ulimit -n 100; exec "$@"', 'sh', ...command, `latest:${large}`, '--target', target],
      { env: { ...process.env, RESTIC_PASSWORD: scene.password }, encoding: 'utf8' },
    )
    expect(run.status).toBe(1)
    const lines = jsonLines(run.stdout)
    const reasons = lines
      .filter(({ part }) => part === 'file')
      .map(({ error }) => (error as { message: string }).message)
    expect(new Set(reasons)).toEqual(new Set(['EFBIG: file too large']))
    expect(lines.at(-1)).toMatchObject({ files_restored: 0, files_lost: 150, entries_lost: 150, bytes_restored: 0 })
  })

  it('hears of being stopped while it makes what has no content', async () => {
    using scene = await makeRestoreScene()
    const many = scene.path('many')
    mkdirSync(many)
    for (let link = 0; link < 30_000; link++) symlinkSync('nowhere', join(many, `link-${link}`))
    const tree = await scene.backUp(many)
    const target = scene.path('stopped')
    const controller = new AbortController()
    const watch = setInterval(() => {
      if (existsSync(target) && readdirSync(target).length > 0) controller.abort(new Error('enough'))
    }, 1)
    await expect(scene.restore(tree, target, { signal: controller.signal })).rejects.toThrow('enough')
    clearInterval(watch)
    expect(readdirSync(target).length).toBeLessThan(30_000)
  })
})
