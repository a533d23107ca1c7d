import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { ended, jsonLines, startHoldfast } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { asRoot } from '../support/privilege.ts'
import { runAtTerminal } from '../support/terminal.ts'
import { expectSameTree, treeAttributes, treeListing } from '../support/tree-listing.ts'

const NOT_UTF8 = Buffer.from('long-\xff-', 'latin1')

/** Names and all kinds of entries that an archive has to work for. */
function makeHardTree(folder: string): void {
  mkdirSync(folder)
  const at = (name: string): string => join(folder, name)
  const root = Buffer.from(`${folder}/`)
  // Six names of 60 bytes: no longer path of 255 bytes in a header.
  let deep = root
  for (let level = 0; level < 6; level++) {
    deep = Buffer.concat([deep, NOT_UTF8, Buffer.alloc(53, 0x61 + level), Buffer.from('/')])
    mkdirSync(deep)
  }
  writeFileSync(Buffer.concat([deep, Buffer.from('file')]), 'deep down')
  linkSync(Buffer.concat([deep, Buffer.from('file')]), at('another name'))
  for (const length of [99, 100, 101, 155, 255]) writeFileSync(at('n'.repeat(length)), `${length}`)
  writeFileSync(at('new\nline'), 'new line')
  writeFileSync(at('empty'), '')
  writeFileSync(at('large'), Buffer.alloc(3_000_001, 'several blobs, and no whole number of blocks. '))
  symlinkSync('t'.repeat(300), at('far link'))
  symlinkSync(Buffer.from('\xfe\xff', 'latin1'), at('link'))
  linkSync(at('link'), at('link again'))
  lutimesSync(at('link'), 1_600_000_000.123_456, 1_600_000_000.123_456)
  utimesSync(at('empty'), 1, -1.5)
  mkdirSync(at('sticky'))
  chmodSync(at('sticky'), 0o1777)
  execFileSync('mkfifo', [at('fifo')])
  execFileSync('setfattr', ['-n', 'user.a=b%c', '-v', '0x00ff0a', at('large')])
  execFileSync('setfattr', ['-n', 'user.empty', at('sticky')])
  execFileSync('setfacl', ['-m', 'u:1234:rw,g:55:r', at('large')])
  execFileSync('setfacl', ['-d', '-m', 'u:77:rwx', at('sticky')])
  asRoot('archives of devices and of what others own', () => {
    execFileSync('mknod', [at('device'), 'b', '259', '70000'])
    writeFileSync(at('owned'), 'by nobody that there is')
    chownSync(at('owned'), 4_000_000_000, 3_000_000)
    chmodSync(at('owned'), 0o6755)
  })
}

function extract(archive: Buffer, folder: string, ...options: string[]): void {
  mkdirSync(folder)
  const args = ['--numeric-owner', '--xattrs', '--warning=no-timestamp', ...options, '-xpf', '-', '-C', folder]
  execFileSync('tar', args, { input: archive, maxBuffer: Infinity })
}

describeWith(['restic', 'tar', 'acl', 'attr'], 'holdfast repo dump, of folders', () => {
  let odd: OddRepository
  let hard: string
  beforeAll(async () => {
    odd = await makeOddRepository()
    hard = odd.file('hard')
    makeHardTree(hard)
    const { code } = await odd.holdfast('backup', hard, '--host', 'hard')
    expect(code).toBe(0)
  })
  afterAll(() => odd[Symbol.dispose]())

  it('gives GNU tar all there is: kinds, owners, modes, times, links, attributes and any name', async () => {
    const { code, bytes, stderr } = await odd.holdfast('dump', '--host', 'hard', `latest:${dirname(hard)}`, 'hard')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const target = odd.file('extracted')
    extract(bytes, target, '--xattrs-include=*')
    expectSameTree(join(target, 'hard'), hard, ['fifo', 'device'])
    // And ACLs for those who ask for them only.
    const byText = odd.file('extracted with ACLs')
    extract(bytes, byText, '--acls')
    expect(treeListing(join(byText, 'hard'))).toBe(treeListing(hard))
    expect(treeAttributes(join(byText, 'hard'))).toBe(treeAttributes(hard))
  })

  it('writes all of a snapshot for /, with paths that begin at its root', async () => {
    const { code, bytes } = await odd.holdfast('dump', 'latest', '--host', 'hard', '/')
    expect(code).toBe(0)
    const target = odd.file('all')
    extract(bytes, target, '--xattrs-include=*')
    expectSameTree(join(target, hard), hard, ['fifo', 'device'])
  })

  it('has the content that restic writes', async () => {
    const theirs = odd.file('by restic')
    const ours = odd.file('by us')
    const folder = `${odd.source}/folder`
    const options = { env: { ...process.env, ...odd.env }, maxBuffer: Infinity }
    extract(execFileSync('restic', ['dump', 'latest', '--host', 'bob', odd.source], options), theirs)
    extract((await odd.holdfast('dump', 'latest', '--host', 'bob', odd.source)).bytes, ours)
    execFileSync('diff', ['-r', '--no-dereference', theirs, ours])
    expect(readdirSync(join(ours, folder)).length).toBeGreaterThan(5)
  })

  it('writes the folder by the name that is stored, however it was typed', async () => {
    const typed = `${hard}/long-\\xff-${'a'.repeat(53)}`
    const { bytes } = await odd.holdfast('dump', '--host', 'hard', 'latest', typed)
    const target = odd.file('typed')
    extract(bytes, target)
    expect(treeListing(join(target, hard))).toContain('/file|')
    expect(readdirSync(join(target, hard), { encoding: 'latin1' })).toEqual([`long-\xff-${'a'.repeat(53)}`])
  })

  it('writes to a file, and says so', async () => {
    const target = odd.file('folder.tar')
    const args = ['dump', 'latest', '--host', 'bob', `${odd.source}/folder`, '-a', 'tar', '--target', target, '--json']
    const { code, stdout } = await odd.holdfast(...args)
    expect(code).toBe(0)
    // folder, copy, hard, link, deep, deep/text and four odd names.
    expect(jsonLines(stdout).at(-1)).toMatchObject({ message_type: 'summary', entries: 10, target, problems: 0 })
    const names = execFileSync('tar', ['-tf', target], { encoding: 'utf8' })
    expect(names).toContain(`${odd.source.slice(1)}/folder/deep/text\n`)
  })

  it('refuses a terminal, and zip', async () => {
    const zip = await odd.holdfast('dump', 'latest', '/', '--archive', 'zip')
    expect({ code: zip.code, stdout: zip.stdout }).toEqual({ code: 1, stdout: '' })
    expect(zip.stderr).toContain('zip is not written')
    const { code, shown } = await runAtTerminal(['repo', 'dump', 'latest', '--host', 'bob', odd.source], [], odd.env)
    expect(code).toBe(1)
    expect(shown).toContain('a terminal cannot show')
    expect(shown).toContain('--target')
  })

  it('ends quietly where nobody reads any more, and leaves no lock', async () => {
    const left = startHoldfast(['repo', 'dump', 'latest', '--host', 'bob', odd.source], { env: odd.env })
    await new Promise((resolve) => left.stdout.once('readable', resolve))
    left.stdout.destroy()
    const { code, stderr } = await ended(left)
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' })
    expect(readdirSync(join(odd.path, 'locks'))).toEqual([])
  })

  it('breaks off where a piece is damaged, so that no program takes the archive for whole', async () => {
    const copy = odd.file('damaged')
    execFileSync('cp', ['-a', odd.path, copy])
    const packs = readdirSync(join(copy, 'data'), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .toSorted((left, right) => readFileSync(right).length - readFileSync(left).length)
    const [largest = ''] = packs
    truncateSync(largest, Math.trunc(readFileSync(largest).length * 0.6))
    const { code, bytes, stderr } = await odd.holdfast('dump', '-r', copy, 'latest', '--host', 'bob', odd.source)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The archive breaks off at .*\/(copy|hard|random): /)
    expect(stderr).toContain('holdfast repo restore')
    const listed = spawnSync('tar', ['-t'], { input: bytes, encoding: 'latin1' })
    expect(listed.status).not.toBe(0)
    // What came before the damage may be nothing at all, which is no archive either.
    expect(listed.stderr).toContain(bytes.length > 0 ? 'Unexpected EOF' : 'does not look like a tar archive')
  })
})
