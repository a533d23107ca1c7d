import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { makeVault, type Vault } from '../support/vault.ts'

/** A file with this content beside the repository. */
function listFile(vault: Vault, content: string): string {
  const path = vault.file('list of targets')
  writeFileSync(path, Buffer.from(content, 'latin1'))
  return path
}

async function makeFullVault(): Promise<Vault> {
  const vault = await makeVault()
  for (const name of ['a.db', 'b.db', 'c.log', 'deep/d.db', 'deep/.e.db', '[odd] *.db', 'caf\u00e9', ' spaced ']) {
    vault.write(name, name)
  }
  return vault
}

/** Backs up what a list names, and gives what was kept of it. */
async function backUpListed(vault: Vault, option: string, content: string): Promise<string[]> {
  const run = await vault.holdfast(['backup', '--json', option, listFile(vault, content)])
  expect(run).toMatchObject({ code: 0, stderr: '' })
  return vault.kept()
}

describe('targets that a file lists', () => {
  it('--files-from: patterns, one a line, of which each takes all that fits; what begins with # is none', async () => {
    const vault = await makeFullVault()
    const list = `# databases\n\n  ${vault.source}/[ab].db  \r\n${vault.source}/d*/*.db\n${vault.source}/\\[odd\\] \\*.db\n`
    expect(await backUpListed(vault, '--files-from', list)).toEqual([
      '[odd] *.db',
      'a.db',
      'b.db',
      'deep',
      'deep/.e.db',
      'deep/d.db',
    ])
  })

  it('--files-from: a pattern that nothing fits is named, and the others count', async () => {
    const vault = await makeFullVault()
    const list = listFile(vault, `${vault.source}/*.none\n${vault.source}/a.db\n`)
    const run = await vault.holdfast(['backup', '--files-from', list])
    expect(run).toMatchObject({
      code: 3,
      stderr: `Nothing fits ${vault.source}/*.none, which is missing from this snapshot. Check the pattern, and that what it means is mounted.\n`,
    })
    const none = await vault.holdfast(['backup', '--files-from', listFile(vault, `${vault.source}/*.none\n`)])
    expect(none.code).toBe(1)
    expect(none.stderr).toMatch(
      /^Nothing was named that should be backed up: nothing fits .*\*\.none\.\nNothing was read/,
    )
  })

  it('a target that is not there is told, and does not keep the others from being backed up, or read anew', async () => {
    const vault = await makeFullVault()
    const [here, gone] = [join(vault.source, 'a.db'), join(vault.source, 'b.db')]
    expect((await vault.holdfast(['backup', here, gone])).code).toBe(0)
    renameSync(gone, join(vault.source, 'elsewhere'))
    // Compared with the one of both targets, and then with the one of what was left of them.
    for (let day = 0; day < 2; day++) {
      const run = await vault.holdfast(['backup', here, gone, '--json'])
      expect(run.code).toBe(3)
      expect(run.stdout).toContain(`${gone} is not there, and is missing from this snapshot. Check its name,`)
      expect(jsonLines(run.stdout).at(-1)).toMatchObject({ files_new: 0, files_unmodified: 1 })
      const { stdout } = await vault.holdfast(['snapshots', '--json'])
      const made = jsonLines(stdout).filter(({ paths }) => paths !== undefined)
      expect(made.at(-1)?.['paths']).toEqual([here])
    }
    const none = await vault.holdfast(['backup', gone])
    expect(none.code).toBe(1)
    expect(none.stderr).toContain(gone)
  })

  it('--files-from-verbatim: paths as they are, one a line', async () => {
    const vault = await makeFullVault()
    const list = `${vault.source}/[odd] *.db\n\n${vault.source}/ spaced \n`
    expect(await backUpListed(vault, '--files-from-verbatim', list)).toEqual([' spaced ', '[odd] *.db'])
  })

  it('--files-from-raw: paths of any bytes, each ended by a NUL, from standard input too', async () => {
    const vault = await makeFullVault()
    const name = Buffer.from('new\nline \xff', 'latin1')
    writeFileSync(Buffer.concat([Buffer.from(`${vault.source}/`), name]), 'odd')
    const list = `${vault.source}/new\nline \xff\0${vault.source}/a.db\0`
    expect(await backUpListed(vault, '--files-from-raw', list)).toEqual(['a.db', expect.stringMatching(/^new\nline /)])
    const piped = await vault.holdfast(['backup', '--files-from-raw', '-'], { stdin: `${vault.source}/b.db\0` })
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    expect(await vault.kept()).toEqual(['b.db'])
  })

  it.each([
    ['is cut off', 'no NUL at the end'],
    ['has an empty path', '/etc\0\0/srv\0'],
  ])('--files-from-raw: a list that %s is refused', async (_, content) => {
    const vault = await makeVault()
    const run = await vault.holdfast(['backup', '--files-from-raw', listFile(vault, content)])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(
      /^The list of targets .* is cut off, or has an empty path\.\nNothing was read or stored\.\n/,
    )
  })

  it('is named where it cannot be read; no target at all is refused', async () => {
    const vault = await makeVault()
    const run = await vault.holdfast(['backup', '--files-from', '/nowhere'])
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The list of targets /nowhere cannot be read') as string,
    })
    const none = await vault.holdfast(['backup'])
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was named') as string })
    const empty = await vault.holdfast(['backup', ''])
    expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('A target is empty.') as string })
  })
})

describe('a repository that lies in what is backed up', () => {
  const WARNING = /^The repository lies in .*, and is backed up with it: .* Leave it out with --exclude /

  it('is told, unless it is left out', async () => {
    const vault = await makeFullVault()
    const home = join(vault.path, '..')
    mkdirSync(vault.file('beside'))
    symlinkSync(home, vault.file('beside/link'))
    for (const target of [home, vault.path, `${home}/`]) {
      const { code, stderr } = await vault.holdfast(['backup', '--dry-run', target])
      expect({ code, stderr }, target).toEqual({ code: 3, stderr: expect.stringMatching(WARNING) as string })
    }
    for (const args of [
      ['--exclude', vault.path],
      ['--exclude', 'repository'],
      ['--exclude-if-present', 'config'],
    ]) {
      expect(await vault.holdfast(['backup', '--dry-run', ...args, home]), args.join(' ')).toMatchObject({
        code: 0,
        stderr: '',
      })
    }
    // A folder beside it whose name begins alike, and a link, which is backed up as a link.
    expect((await vault.holdfast(['backup', '--dry-run', vault.file('beside')])).stderr).toBe('')
    expect((await vault.holdfast(['backup', '--dry-run', vault.source])).stderr).toBe('')
  })
})

describe('sockets', () => {
  it('are left out, and counted', async () => {
    const vault = await makeFullVault()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(vault.at('socket'), resolve))
    onTestFinished(() => void server.close())
    expect((await vault.backUp()).summary).toMatchObject({ sockets_left_out: 1, missed: 0 })
    const { stdout } = await vault.holdfast(['backup', vault.source])
    expect(stdout).toContain('Left out 1 socket: they exist only while their programs run.\n')

    const alone = await vault.holdfast(['backup', vault.at('socket')])
    expect(alone.code).toBe(1)
    expect(alone.stderr).toMatch(
      /^\/.*\/socket is a socket, and has nothing that could be backed up\.\nNothing was read/,
    )
  })
})

describe('a backup of which everything is left out', () => {
  it('is told, and one of a folder that is empty is none', async () => {
    const vault = await makeFullVault()
    const all = await vault.holdfast(['backup', '--exclude', '*', vault.source])
    expect(all).toMatchObject({ code: 3, stderr: expect.stringContaining('everything was left out') as string })
    mkdirSync(vault.file('empty'))
    expect(await vault.holdfast(['backup', vault.file('empty')])).toMatchObject({ code: 0, stderr: '' })
  })
})
