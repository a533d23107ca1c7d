import { afterAll, beforeAll, expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

/** Go puts U+FFFD for each byte that is not UTF-8, the web's decoder for each run of them. */
const comparable = (value: unknown): string => String(value).replaceAll(/\u{fffd}+/gu, '\u{fffd}')

describeWith(['restic'], 'holdfast repo ls, beside restic', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  async function compare(...args: string[]): Promise<void> {
    const { code, stdout } = await odd.holdfast('ls', '--json', ...args)
    expect(code).toBe(0)
    const lines = jsonLines(stdout)
    const [head, ...nodes] = lines.slice(0, -1)
    const [resticHead, ...resticNodes] = odd.resticLines('ls', ...args)
    expect({ ...head, message_type: undefined }).toEqual({ ...resticHead, message_type: undefined })
    expect(resticNodes.length).toBeGreaterThan(0)
    expect(lines.at(-1)).toEqual({ message_type: 'summary', total_nodes: resticNodes.length, unreadable_folders: 0 })
    expect(nodes.map(({ path }) => comparable(path))).toEqual(resticNodes.map(({ path }) => comparable(path)))
    for (const [at, theirs] of resticNodes.entries()) {
      const same = { ...theirs, name: expect.anything(), path: expect.anything() }
      expect(nodes[at]).toMatchObject(same)
      expect(comparable(nodes[at]?.['name'])).toBe(comparable(theirs['name']))
    }
  }

  it('prints every entry with the members that restic prints', async () => {
    await compare('latest', '--host', 'bob')
  })

  it('chooses latest by host, tag and path as restic does', async () => {
    await compare('latest')
    await compare('latest', '--tag', 'nightly')
    await compare('latest', '--path', odd.source)
  })

  it('lists the folders that are named as restic does, and what is in them with --recursive', async () => {
    await compare('latest', '--host', 'bob', `${odd.source}/folder`)
    await compare('latest', '--host', 'bob', '--recursive', `${odd.source}/folder`)
    await compare('latest', '--host', 'bob', `${odd.source}/folder/deep`, `${odd.source}/empty folder/`)
    await compare('latest', '--host', 'bob', '/')
  })

  it('lays out what people read as restic does', async () => {
    const { stdout } = await odd.holdfast('ls', '--long', '--quiet', 'latest', '--tag', 'weekly')
    const theirs = odd.restic('ls', '--long', 'latest', '--tag', 'weekly').split('\n').slice(1)
    // Odd names are shown otherwise, on purpose; the one with a line feed is two lines at restic's.
    const plain = theirs.filter((line) => /^[!-~ ]*$/.test(line) && !line.includes('red-') && line !== 'line')
    expect(plain.length).toBeGreaterThan(10)
    expect(stdout.split('\n').filter((line) => plain.includes(line))).toEqual(plain)
    const deep = `latest:${odd.source}/folder/deep`
    const { stdout: human } = await odd.holdfast('ls', '--long', '--human-readable', '-q', deep)
    expect(human).toMatch(/^-rw\S+ +\d+ +\d+ 3\.62 MiB \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \/text\n$/)
  })

  it('takes a folder of the snapshot for the root', async () => {
    const { stdout } = await odd.holdfast('ls', '-q', `latest:${odd.source}/folder/deep`)
    expect(stdout).toBe('/text\n')
    const { stdout: nested } = await odd.holdfast('ls', '-q', `latest:${odd.source}/folder`, '/deep', '--recursive')
    expect(nested).toBe('/deep\n/deep/text\n')
    const { code, stderr } = await odd.holdfast('ls', `latest:${odd.source}/empty`)
    expect(code).toBe(1)
    expect(stderr).toContain('/source/empty in snapshot')
    expect(stderr).toContain('is no folder')
  })

  it('cannot be made to steer a terminal or forge a line, and gives programs the exact bytes', async () => {
    const { bytes } = await odd.holdfast('ls', '--quiet', 'latest', '--host', 'bob')
    const text = bytes.toString('latin1')
    expect(text).not.toContain('\x1b')
    expect(text).toContain('/red-\\x1b[31m\\x0aline\n')
    expect(text).toContain('/bad-\\xff\\xe9A\n')
    const { stdout } = await odd.holdfast('ls', '--json', 'latest', '--host', 'bob')
    const raw = jsonLines(stdout).flatMap(({ path_raw: path }) =>
      typeof path === 'string' ? [Buffer.from(path, 'base64').toString('latin1')] : [],
    )
    const source = odd.source
    expect(raw).toEqual([`${source}/bad-\xff\xe9A`, `${source}/folder/bad-\xff\xe9A`])
  })

  it.each([
    [['ls', 'latest:/nothing'], '/nothing'],
    [['ls', 'latest', '/', '/absent'], '/absent'],
    [['ls', 'latest', 'relative'], 'relative'],
    [['ls', 'latest', '--host', 'nobody'], 'None of the 3 snapshots'],
  ])('fails at %j, and names what it is about', async (args, named) => {
    const { code, stderr } = await odd.holdfast(...args)
    expect(code).toBe(1)
    expect(stderr).toContain(named)
  })
})
