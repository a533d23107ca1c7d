import { rmSync, utimesSync } from 'node:fs'

import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'

import { openRepository, type Repository } from '../../core/repository/index.ts'
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

describe('holdfast repo diff', () => {
  let vault: Vault
  let before: string
  let after: string
  beforeEach(async () => {
    vault = await makeVault()
    vault.write('kept', 'kept')
    vault.write('folder/changed', 'one')
    vault.write('folder/gone', 'gone')
    before = String((await vault.backUp()).summary['snapshot_id'])
    vault.write('folder/changed', 'another')
    vault.write('new/red-\u001b[31m\nline', 'new')
    rmSync(vault.at('folder/gone'))
    after = String((await vault.backUp()).summary['snapshot_id'])
  })

  it('lists what differs, and says what each snapshot has alone', async () => {
    const { code, stdout } = await vault.holdfast(['diff', before.slice(0, 8), 'latest'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Changes from snapshot ${before.slice(0, 8)} (`)
    expect(stdout).toContain(
      [
        `M    ${vault.source}/folder/changed`,
        `-    ${vault.source}/folder/gone`,
        `+    ${vault.source}/new/`,
        `+    ${vault.source}/new/red-\\x1b[31m\\x0aline`,
        '',
      ].join('\n'),
    )
    expect(stdout).toMatch(/^Files: +1 new, +1 removed, +1 changed$/m)
    expect(stdout).toMatch(/^Folders: +1 new, +0 removed$/m)
    expect(stdout).toMatch(/^Data blobs: +2 new, +2 removed$/m)
  })

  it('compares folders that are named with the snapshots', async () => {
    const folder = `:${vault.source}/folder`
    const { stdout } = await vault.holdfast(['diff', '-q', before + folder, after + folder])
    expect(stdout).toBe('M    /changed\n-    /gone\n')
    const other = await vault.holdfast(['diff', '-q', `${before}:${vault.source}`, `${after}:${vault.source}/new`])
    expect(other.stdout).toContain('-    /folder/gone\n')
  })

  it('says that a snapshot does not differ from itself, and that another one does in metadata only', async () => {
    const itself = await vault.holdfast(['diff', after, 'latest'])
    expect(itself).toMatchObject({ code: 0, stderr: '' })
    expect(itself.stdout).toContain('Nothing differs: they hold the same, bit for bit.')

    utimesSync(vault.at('kept'), 1, 1)
    await vault.backUp()
    const touched = await vault.holdfast(['diff', after, 'latest'])
    expect(touched.stdout).toContain('Nothing differs but metadata. --metadata shows of what.')
    const shown = await vault.holdfast(['diff', '--metadata', '-q', after, 'latest'])
    expect(shown.stdout).toContain(`U    ${vault.source}/kept\n`)
  })

  it('names folders that cannot be read, compares all else and ends with 3', async () => {
    const repository = await repositoryOf(vault)
    const craft = createCraft(repository)
    const lost = craft.folder('lost', Buffer.alloc(32, 7))
    const old = craft.tree(lost, craft.file('z', 'z'))
    const young = craft.tree(craft.folder('lost', craft.tree()), craft.file('z', 'other'))
    await craft.store()
    const ids = [
      await storeSnapshot(repository, old.toString('hex')),
      await storeSnapshot(repository, young.toString('hex')),
    ]
    const { code, stdout, stderr } = await vault.holdfast(['diff', ...ids])
    expect(code).toBe(3)
    expect(stderr).toContain(`/lost: The tree ${'07'.repeat(32)} is in no index`)
    expect(stderr).toContain('1 folder cannot be read: named above. What is in them was not compared.')
    expect(stdout).toContain('M    /z\n')
    const json = await vault.holdfast(['diff', '--json', ...ids])
    expect(jsonLines(json.stdout)).toContainEqual(
      expect.objectContaining({ message_type: 'statistics', unreadable_folders: 1 }),
    )
  })

  it.each([
    [['latest', 'ffffffff'], 'No snapshot has an id that begins with "ffffffff".'],
    [['latest', 'latest:/absent'], '/absent'],
    [['latest'], "Missing required argument 'after'."],
    [['latest', 'latest', '--host', 'nobody'], 'None of the 2 snapshots'],
  ])('fails at %j, and says why', async (args, why) => {
    const { code, stderr } = await vault.holdfast(['diff', ...args])
    expect(code).toBe(1)
    expect(stderr).toContain(why)
  })

  it('has nothing to compare in an empty repository', async () => {
    const empty = await makeVault()
    const { code, stderr } = await empty.holdfast(['diff', 'latest', 'latest'])
    expect(code).toBe(1)
    expect(stderr).toContain('There are no snapshots in the repository yet.')
  })
})

/** Go puts U+FFFD for each byte that is not UTF-8, the web's decoder for each run of them. */
const comparable = (value: unknown): string => String(value).replaceAll(/\u{fffd}+/gu, '\u{fffd}')

describeWith(['restic'], 'holdfast repo diff, beside restic', () => {
  const NAMES = ['a', 'b', 'B', 'ü', 'q"\\', 'new\nline', 'bad-\xff', '😀'].map((name) =>
    name === 'bad-\xff' ? Buffer.from(name, 'latin1') : Buffer.from(name),
  )
  const metadata = fc.record({
    mode: fc.constantFrom(0o644, 0o600),
    mtime: fc.constantFrom(1n, 2n),
    uid: fc.constantFrom(0, 1),
  })
  const { entries } = fc.letrec<{ entry: Entry; entries: (Entry & { name: Buffer })[] }>((tie) => ({
    entry: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('file' as const), content: fc.constantFrom('', 'one', 'two'), metadata }),
      fc.record({ kind: fc.constant('link' as const), content: fc.constantFrom('x', 'y'), metadata }),
      fc.record({ kind: fc.constant('folder' as const), entries: tie('entries'), metadata }),
    ),
    entries: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), tie('entry')), {
        maxLength: 5,
        selector: ([name]) => name.toString('hex'),
      })
      .map((pairs) => pairs.map(([name, entry]) => ({ ...entry, name }))),
  }))

  type Entry =
    | { kind: 'file' | 'link'; content: string; metadata: Partial<Node> }
    | { kind: 'folder'; entries: (Entry & { name: Buffer })[]; metadata: Partial<Node> }

  it('tells the same changes in the same order, and counts the same, for any trees', async () => {
    const vault = await makeVault()
    const version = /restic (\d+)\.(\d+)/.exec(vault.restic('version')) ?? []
    // Since 0.18 it tells of content that changed alone.
    const tellsRot = Number(version[1]) > 0 || Number(version[2]) >= 18
    const repository = await repositoryOf(vault)
    const craft = createCraft(repository)
    const treeOf = (list: readonly (Entry & { name: Buffer })[]): Buffer =>
      craft.tree(
        ...list.map((entry) => {
          if (entry.kind === 'folder') return craft.folder(entry.name, treeOf(entry.entries), entry.metadata)
          if (entry.kind === 'file') return craft.file(entry.name, entry.content, entry.metadata)
          return craftNode(entry.name, {
            ...entry.metadata,
            type: 'symlink',
            content: null,
            linkTarget: Buffer.from(entry.content),
          })
        }),
      )
    // Of two drawn trees the second one has some entries of the first one.
    const pairs = sampleLargest(
      fc.tuple(entries, entries, fc.integer({ min: 0, max: 5 })).map(([old, young, kept]) => {
        const names = new Set(old.slice(0, kept).map(({ name }) => name.toString('hex')))
        return [old, [...old.slice(0, kept), ...young.filter(({ name }) => !names.has(name.toString('hex')))]] as const
      }),
      { drawn: 100, count: 25 },
      ([old, young]) => old.length + young.length,
    )
    const trees = pairs.map(([old, young]) => [treeOf(old), treeOf(young)] as const)
    await craft.store()
    let told = 0
    for (const [old, young] of trees) {
      const ids = [
        await storeSnapshot(repository, old.toString('hex')),
        await storeSnapshot(repository, young.toString('hex')),
      ]
      for (const flags of [[], ['--metadata']]) {
        const theirs = jsonLines(vault.restic('diff', '--json', ...flags, ...ids))
        const ours = await vault.holdfast(['diff', '--json', ...flags, ...ids])
        expect(ours).toMatchObject({ code: 0, stderr: '' })
        const mine = jsonLines(ours.stdout)
        const rot = (sign: unknown): unknown => (tellsRot ? sign : String(sign).replace('?', ''))
        const changes = (lines: Record<string, unknown>[]): string[] =>
          lines.slice(0, -1).map(({ modifier, path }) => `${String(rot(modifier))} ${comparable(path)}`)
        expect(changes(mine)).toEqual(changes(theirs))
        expect(mine.at(-1)).toMatchObject(theirs.at(-1) ?? {})
        told += theirs.length
      }
    }
    // Besides the figures at the end of each.
    expect(told).toBeGreaterThan(3 * pairs.length)
  })
})
