import { readFileSync, utimesSync, writeFileSync } from 'node:fs'

import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'

import { openRepository, type Repository, sha256 } from '../../core/repository/index.ts'
import type { Node } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { craftNode, createCraft } from '../support/crafted-tree.ts'
import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { sampleLargest } from '../support/sample-largest.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const repositoryOf = (vault: Vault): Promise<Repository> =>
  openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')

interface Matches {
  readonly matches: readonly Record<string, unknown>[]
  readonly hits: number
  readonly snapshot: string
}

const matchesIn = (stdout: string): Matches[] =>
  jsonLines(stdout).filter(({ message_type: type }) => type === 'matches') as unknown as Matches[]

describe('holdfast repo find', () => {
  let vault: Vault
  let ids: string[]
  beforeEach(async () => {
    vault = await makeVault()
    vault.write('Report.odt', 'report')
    vault.write('deep/er/report.txt', 'report')
    vault.write('red-\u001b[31m\nline', 'x')
    utimesSync(vault.at('Report.odt'), 1_000_000_000, 1_000_000_000)
    ids = [String((await vault.backUp(['--host', 'a', '--tag', 'first'])).summary['snapshot_id'])]
    vault.write('deep/second', 'second')
    ids.push(String((await vault.backUp(['--host', 'b'])).summary['snapshot_id']))
  })

  it('groups what it finds by snapshot, the newest last, and says how much there is', async () => {
    const { code, stdout } = await vault.holdfast(['find', 'report*', 'second'])
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(new RegExp(`^Snapshot ${ids[0]?.slice(0, 8)} of a: ${vault.source} at .*:$`))
    expect(lines[3]).toMatch(new RegExp(`^Snapshot ${ids[1]?.slice(0, 8)} of b: `))
    expect(lines.slice(4, 6)).toEqual([`${vault.source}/deep/er/report.txt`, `${vault.source}/deep/second`])
    expect(stdout).toContain('3 entries found in 2 of 2 snapshots.')
    const reversed = await vault.holdfast(['find', '--reverse', '-q', 'report*', 'second'])
    expect(reversed.stdout).toBe(
      ['er/report.txt', 'second', 'er/report.txt'].map((name) => `${vault.source}/deep/${name}\n`).join(''),
    )
  })

  it('finds by any case, by time, in snapshots that are named or meant', async () => {
    const found = async (...args: string[]): Promise<string[]> =>
      matchesIn((await vault.holdfast(['find', '--json', ...args])).stdout).flatMap(({ matches }) =>
        matches.map(({ path }) => String(path).slice(vault.source.length + 1)),
      )
    const latest = ['--snapshot', 'latest']
    expect(await found(...latest, '--ignore-case', 'report.*')).toEqual(['Report.odt', 'deep/er/report.txt'])
    expect(await found(...latest, '-i', '--newest', '2001-09-10', 'report.*')).toEqual(['Report.odt'])
    expect(await found(...latest, '-i', '--oldest', '10.09.2001', 'report.*')).toEqual(['deep/er/report.txt'])
    expect(await found('--host', 'a', 'second')).toEqual([])
    expect(await found('--tag', 'first', '--path', vault.source, 'er/*')).toEqual(['deep/er/report.txt'])
    expect(await found('-s', String(ids[0]).slice(0, 10), '-s', 'latest', 'second')).toEqual(['deep/second'])
    expect(await found(...latest, `${vault.source}/*/second`)).toEqual(['deep/second'])
  })

  it('lists long as ls does, and prints names that cannot steer a terminal', async () => {
    const { stdout } = await vault.holdfast([
      'find',
      '--long',
      '--human-readable',
      '-q',
      '-s',
      'latest',
      'second',
      'red*',
    ])
    const { stdout: listed } = await vault.holdfast(['ls', '--long', '--human-readable', '-q', 'latest'])
    expect(stdout).toContain('/red-\\x1b[31m\\x0aline\n')
    for (const line of stdout.trimEnd().split('\n')) expect(listed.split('\n')).toContain(line)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  it('names every file that needs a blob, and every folder that a tree is of', async () => {
    const blob = sha256(readFileSync(vault.at('Report.odt'))).toString('hex')
    const { code, stdout } = await vault.holdfast(['find', '--blob', blob.slice(0, 12), 'ffff'])
    expect(code).toBe(0)
    expect(stdout.match(new RegExp(`^blob ${blob.slice(0, 8)}  .*$`, 'gm'))).toEqual(
      ['Report.odt', 'deep/er/report.txt', 'Report.odt', 'deep/er/report.txt'].map(
        (name) => `blob ${blob.slice(0, 8)}  ${vault.source}/${name}`,
      ),
    )
    expect(stdout).toContain('4 places found in 2 of 2 snapshots.')
    expect(stdout).toContain('No place was found that needs blob ffff.')
    const json = jsonLines((await vault.holdfast(['find', '--json', '--blob', blob])).stdout)
    expect(json).toHaveLength(5)
    const tree = String(json[1]?.['parent_tree'])
    const places = jsonLines((await vault.holdfast(['find', '--json', '--tree', tree])).stdout)
    expect(places.slice(0, -1)).toMatchObject(
      ids.map((snapshot) => ({ object_type: 'tree', id: tree, path: `${vault.source}/deep/er`, snapshot })),
    )
    const [{ tree: root } = {}] = jsonLines((await vault.holdfast(['snapshots', '--json'])).stdout)
    const roots = await vault.holdfast(['find', '--tree', String(root)])
    expect(roots.stdout).toContain(`tree ${String(root).slice(0, 8)}  /\n`)
  })

  it('ends with 0 where nothing is found, and says so', async () => {
    expect(await vault.holdfast(['find', 'absent'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'Nothing was found in 2 snapshots.\n',
    })
    const { stdout } = await vault.holdfast(['find', '--json', 'absent'])
    expect(jsonLines(stdout)).toMatchObject([{ message_type: 'summary', hits: 0, snapshots_searched: 2 }])
    const empty = await makeVault()
    expect((await empty.holdfast(['find', 'x'])).stdout).toBe(
      'There are no snapshots yet. `holdfast repo backup` makes one.\n',
    )
  })

  it('names a folder that cannot be read once, searches all others and ends with 3', async () => {
    const repository = await repositoryOf(vault)
    const craft = createCraft(repository)
    const tree = craft.tree(
      craft.file('a-wanted', 'a'),
      craft.folder('lost', Buffer.alloc(32, 7)),
      craft.folder('z', craft.tree(craft.file('z-wanted', 'z'))),
    )
    await craft.store()
    const named = [
      await storeSnapshot(repository, tree.toString('hex')),
      await storeSnapshot(repository, tree.toString('hex')),
    ].flatMap((snapshot) => ['-s', snapshot])
    const { code, stdout, stderr } = await vault.holdfast(['find', '-q', ...named, '*-wanted'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '/a-wanted\n/z/z-wanted\n'.repeat(2) })
    expect(stderr.match(/\/lost: The tree 0707/g)).toHaveLength(1)
    const json = await vault.holdfast(['find', '--json', ...named, '*-wanted'])
    expect(jsonLines(json.stdout).map(({ message_type: type }) => type)).toEqual([
      'matches',
      'warning',
      'matches',
      'summary',
      'warning',
    ])
  })

  it.each([
    [['--blob', '--tree', 'ab'], '--blob and --tree are two sorts of ids.'],
    [['--blob', 'report'], '"report" is no id'],
    [['--blob', '-i', 'ab'], 'are for names, not for ids'],
    [['--oldest', 'soon', 'x'], '--oldest soon is not a time'],
    [['--oldest', '2026-01-02', '--newest', '2026-01-01', 'x'], '--oldest is after --newest'],
    [['[', 'x'], 'pattern'],
    [['x', '-s', 'ffffffff'], 'No snapshot has an id that begins with "ffffffff".'],
    [[], "Missing required argument 'pattern'."],
  ])('refuses %j, and says why', async (args, why) => {
    const { code, stderr } = await vault.holdfast(['find', ...args])
    expect(code).toBe(1)
    expect(stderr).toContain(why)
  })

  it('takes a pattern of any bytes', async () => {
    const name = Buffer.from('bad-\xff', 'latin1')
    writeFileSync(Buffer.concat([Buffer.from(`${vault.source}/`), name]), 'x')
    await vault.backUp()
    const { stdout } = await vault.holdfast(['find', '-q', 'bad-?'])
    expect(stdout).toBe(`${vault.source}/bad-\\xff\n`)
    const json = await vault.holdfast(['find', '--json', 'bad-?'])
    const [match] = matchesIn(json.stdout)[0]?.matches ?? []
    expect(Buffer.from(String(match?.['path_raw']), 'base64').subarray(-5)).toEqual(name)
  })
})

/** Go puts U+FFFD for each byte that is not UTF-8, the web's decoder for each run of them. */
const comparable = (value: unknown): string => String(value).replaceAll(/\u{fffd}+/gu, '\u{fffd}')

const byId = (list: readonly Matches[]): Matches[] => list.toSorted((a, b) => (a.snapshot < b.snapshot ? -1 : 1))
const keyOf = (place: Record<string, unknown>): string => `${String(place['snapshot'])} ${String(place['path'])}`
const byPlace = (list: Record<string, unknown>[]): Record<string, unknown>[] =>
  list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

type Entry = { readonly name: Buffer; readonly content: string | Entries; readonly metadata: Partial<Node> }
type Entries = readonly Entry[]

/** How many entries there are, those of all folders too. */
const countAll = (list: Entries): number =>
  list.reduce((sum, { content }) => sum + 1 + (typeof content === 'string' ? 0 : countAll(content)), 0)

describeWith(['restic'], 'holdfast repo find, beside restic', () => {
  const NAMES = ['a', 'b', 'AB', 'Ü', 'ü', 'ß', 'q"\\', 'new\nline', 'İ', '😀', '[x]', '!a']
    .map((name) => Buffer.from(name))
    .concat(Buffer.from('bad-\xff', 'latin1'))
  const { entries } = fc.letrec<{ entries: Entries }>((tie) => ({
    entries: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...NAMES),
        content: fc.oneof({ depthSize: 'small' }, fc.constantFrom('', 'one', 'two'), tie('entries')),
        metadata: fc.record({
          mode: fc.constantFrom(0o644, 0o4755),
          mtime: fc.constantFrom(1n, 10n ** 18n),
          links: fc.constantFrom(0n, 1n),
        }),
      }),
      { maxLength: 6, selector: ({ name }) => name.toString('hex') },
    ),
  }))
  const component = fc.constantFrom(
    'a',
    'A',
    'b',
    'ab',
    'ü',
    'Ü',
    'i',
    '*',
    '?',
    '??',
    '*a*',
    '[a-c]',
    '[^a]',
    '**',
    '\\[x]',
    '!a',
    'bad*',
  )
  const pattern = fc
    .tuple(fc.constantFrom('', '/'), fc.array(component, { minLength: 1, maxLength: 3 }))
    .map(([root, parts]) => root + parts.join('/'))
  const flags = fc.subarray(['--ignore-case', '--oldest=1980-01-01', '--newest=1990-01-01'], { maxLength: 2 })

  it('finds the same entries in the same order, for any names and patterns', async () => {
    const vault = await makeVault()
    const repository = await repositoryOf(vault)
    const craft = createCraft(repository)
    let trees = 0
    // restic 0.14 passes over a tree that it met elsewhere without a find, also where its path fits: no two are alike here.
    const treeOf = (list: Entries): Buffer =>
      craft.tree(
        craftNode(`#${++trees}`, { type: 'symlink', content: null, linkTarget: Buffer.from('ü"\\') }),
        ...list.map(({ name, content, metadata }) =>
          typeof content === 'string'
            ? craft.file(name, content, metadata)
            : craft.folder(name, treeOf(content), metadata),
        ),
      )
    const drawn = sampleLargest(entries, { drawn: 40, count: 4 }, countAll)
    const roots = drawn.map(treeOf)
    await craft.store()
    const snapshots: string[] = []
    for (const root of roots) snapshots.push(await storeSnapshot(repository, root.toString('hex')))

    let hits = 0
    await fc.assert(
      fc.asyncProperty(fc.array(pattern, { minLength: 1, maxLength: 2 }), flags, async (patterns, given) => {
        const args = ['find', '--json', ...given, '--', ...patterns]
        const theirs = byId(JSON.parse(vault.restic(...args)) as Matches[])
        const ended = await vault.holdfast(args)
        expect(ended).toMatchObject({ code: 0, stderr: '' })
        const mine = byId(matchesIn(ended.stdout))
        expect(mine.map(({ snapshot, hits: count }) => [snapshot, count])).toEqual(
          theirs.map(({ snapshot, hits: count }) => [snapshot, count]),
        )
        for (const [at, { matches }] of theirs.entries()) {
          hits += matches.length
          const ours = mine[at]?.matches ?? []
          expect(ours.map(({ path }) => comparable(path))).toEqual(matches.map(({ path }) => comparable(path)))
          for (const [number, { path: _, ...match }] of matches.entries()) expect(ours[number]).toMatchObject(match)
        }
      }),
      { numRuns: 40, examples: [[['*'], []]] },
    )
    const all = drawn.reduce((sum, list) => sum + countAll(list), 0)
    expect(all).toBeGreaterThan(drawn.length)
    expect(hits).toBeGreaterThanOrEqual(all)
  })

  it('finds the same places of blobs and trees', async () => {
    const vault = await makeVault()
    vault.write('a', 'same')
    vault.write('deep/b', 'same')
    vault.write('deep/c', 'other')
    await vault.backUp()
    await vault.backUp(['--force', '--tag', 'x'])
    const blob = sha256(Buffer.from('same')).toString('hex')
    const compare = async (kind: string, id: string): Promise<Record<string, unknown>[]> => {
      const theirs = JSON.parse(vault.restic('find', '--json', kind, id)) as Record<string, unknown>[]
      const { stdout } = await vault.holdfast(['find', '--json', kind, id])
      const mine = jsonLines(stdout).slice(0, -1)
      expect(byPlace(mine).map(({ message_type: _, ...place }) => place)).toEqual(byPlace(theirs))
      return mine
    }
    const places = await compare('--blob', blob.slice(0, 8))
    expect(places).toHaveLength(4)
    await compare('--blob', blob)
    const deep = places.find(({ path }) => String(path).endsWith('deep/b'))
    expect(await compare('--tree', String(deep?.['parent_tree']))).toHaveLength(2)
  })
})
