import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { joinPath, kindOf, toByteString } from '../../core/file-system/index.ts'
import { createRestoreSelection, createSelection, readExcludeFile, type Selection } from '../../core/selection/index.ts'
import { openFileServerReader } from '../../core/source/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { isRoot, rootOnly } from '../support/privilege.ts'
import { readByPath } from '../support/read-entry.ts'

// Each round asks restic, which derives a key every time: under a second. More rounds by this variable.
const ROUNDS = Number(process.env['SELECTION_ROUNDS'] ?? 12)

// As byte strings: case, accents, bytes that are not UTF-8, and everything that means something in a pattern.
const NAMES = [
  'a',
  'b',
  'ab',
  'A',
  'x.o',
  'y.tmp',
  '.hid',
  'caf\xc3\xa9',
  'CAF\xc3\x89',
  'caf\xe9',
  '[z]',
  'a*',
  'b\\c',
  '!n',
  '$v',
]

let space = ''
let root = ''
let repository = ''

function restic(...args: string[]): string {
  const env = { ...process.env, RESTIC_PASSWORD: 'password', RESTIC_REPOSITORY: repository, V: 'a' }
  return execFileSync('restic', ['--no-cache', ...args], { env, encoding: 'latin1', stdio: 'pipe', maxBuffer: 1 << 28 })
}

/** Makes a tree in which every name lies beside and below many others. */
function plant(folder: Buffer, depth: number, turn: number): void {
  mkdirSync(folder)
  for (const [index, name] of NAMES.entries()) {
    const path = joinPath(folder, name)
    if (depth > 0 && (index + turn) % 4 === 0) plant(path, depth - 1, turn + index)
    else if ((index + turn) % 4 !== 1) writeFileSync(path, 'x'.repeat(index * 100))
  }
  if (turn % 5 === 2)
    writeFileSync(joinPath(folder, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\nby a test')
  if (turn % 5 === 3) writeFileSync(joinPath(folder, 'CACHEDIR.TAG'), 'Signature: none')
  if (turn % 7 === 4) writeFileSync(joinPath(folder, '.tag'), 'head')
}

/** What a backup keeps of the tree by our decision, with folders ending in `/`, sorted. */
function kept(selection: Selection): string[] {
  const reader = readByPath(openFileServerReader())
  const paths: string[] = []
  const visit = (path: Buffer, parentDevice: bigint, allowed: bigint): void => {
    const stat = reader.stat(path)
    if (stat === undefined || selection.excludes(stat, parentDevice, allowed)) return
    const isFolder = kindOf(stat) === 'dir'
    const name = path.toString('latin1')
    paths.push(isFolder ? `${name}/` : name)
    if (!isFolder || !selection.entersFolder(stat, allowed)) return
    const isExcluded = selection.inFolder(name)
    for (const entry of reader.list(path) ?? []) if (!isExcluded(entry)) visit(joinPath(path, entry), stat.dev, allowed)
  }
  const parent = reader.stat(Buffer.from(space))
  const isExcluded = selection.inFolder(toByteString(space))
  if (parent !== undefined && !isExcluded('tree')) visit(Buffer.from(root), parent.dev, parent.dev)
  return paths.toSorted()
}

/** What restic says it would save of the tree. */
function keptByRestic(...options: string[]): string[] {
  const output = restic('backup', '--dry-run', '-vv', ...options, root)
  return output
    .split('\n')
    .map((line) => /^new {7}(.*), saved in /.exec(line)?.[1] ?? '')
    .filter((path) => path.startsWith(root))
    .toSorted()
}

const component = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('*.o', 'a*', '*b*', '?', '??', 'caf?', 'caf??', '[a-b]', '*[\xc3\xa0-\xc3\xbc]'),
  },
  { weight: 1, arbitrary: fc.constantFrom('[[]z?', 'b\\\\*', '\\!n', '.*', '*', '**', '[^a-b]*') },
)
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '/', '!', '!', '/tree/', '!/tree/'),
    fc.oneof(
      { weight: 3, arbitrary: fc.tuple(component) },
      { weight: 1, arbitrary: fc.array(component, { minLength: 2, maxLength: 3 }) },
    ),
  )
  // What would leave out all of the tree leaves nothing to compare.
  .filter(([start, parts]) => start.includes('tree') || !parts.every((part) => ['*', '**', '[^a-b]*'].includes(part)))
  .map(([start, parts]) => start.replace('/tree', `${space}/tree`) + parts.join('/'))
  // A line of a file of patterns: a dollar sign is doubled.
  .map((text) => text.replaceAll('$', '$$$$'))
const patterns = fc.array(pattern, { minLength: 1, maxLength: 6 })

describeWith(['restic'], 'a selection beside stock restic', () => {
  beforeAll(() => {
    space = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-selection-')))
    root = join(space, 'tree')
    repository = join(space, 'repository')
    plant(Buffer.from(root), 2, 0)
    restic('init')
  })

  afterAll(() => {
    rmSync(space, { recursive: true, force: true })
  })

  it('leaves out of a backup what restic leaves out, for any patterns and tags', () => {
    const options = fc.record({
      excludes: patterns,
      caseless: fc.oneof(fc.constant([]), patterns),
      caches: fc.boolean(),
      tag: fc.constantFrom('', '.tag', '.tag:head', '.tag:tail', 'a:'),
      largest: fc.constantFrom('', '1k', '0', '300b'),
    })
    fc.assert(
      fc.property(options, ({ excludes, caseless, caches, tag, largest }) => {
        const file = join(space, 'excludes')
        const caselessFile = join(space, 'iexcludes')
        writeFileSync(file, `# any\n${excludes.join(' \n')}\n$$V$V\n`, 'latin1')
        writeFileSync(caselessFile, caseless.join('\n'), 'latin1')
        const selection = createSelection(
          {
            excludes: readExcludeFile(Buffer.from(file), { V: 'a' }),
            caseInsensitiveExcludes: readExcludeFile(Buffer.from(caselessFile), { V: 'a' }),
            excludeCaches: caches,
            excludeIfPresent: tag === '' ? [] : [tag],
            excludeLargerThan: { '': undefined, '1k': 1024n, '0': 0n, '300b': 300n }[largest],
          },
          () => undefined,
        )
        const flags = [`--exclude-file=${file}`, `--iexclude-file=${caselessFile}`]
        if (caches) flags.push('--exclude-caches')
        if (tag !== '') flags.push(`--exclude-if-present=${tag}`)
        if (largest !== '') flags.push(`--exclude-larger-than=${largest}`)
        expect(kept(selection)).toEqual(keptByRestic(...flags))
      }),
      { numRuns: ROUNDS },
    )
  })

  it(`stays on one file system as restic does${rootOnly}`, { skip: !isRoot }, () => {
    const mount = join(root, 'mount')
    mkdirSync(mount)
    writeFileSync(join(mount, 'hidden'), '')
    execFileSync('mount', ['-t', 'tmpfs', 'none', mount])
    try {
      mkdirSync(join(mount, 'folder'))
      writeFileSync(join(mount, 'folder/file'), '')
      writeFileSync(join(mount, 'file'), '')
      const inside = kept(createSelection({ oneFileSystem: true }, () => undefined))
      expect(inside).toContain(`${mount}/`)
      expect(inside).not.toContain(`${mount}/file`)
      expect(inside).toEqual(keptByRestic('--one-file-system'))
      expect(kept(createSelection({}, () => undefined))).toContain(`${mount}/folder/file`)
    } finally {
      execFileSync('umount', [mount])
      rmSync(mount, { recursive: true })
    }
  })

  it('leaves nothing out when nothing is said', () => {
    const all = kept(createSelection({}, () => undefined))
    expect(all.length).toBeGreaterThan(100)
    expect(all).toEqual(keptByRestic())
  })

  it('restores what restic restores, for any patterns', () => {
    restic('backup', root)
    const all = kept(createSelection({}, () => undefined))
    const target = join(space, 'restored')
    // On the command line patterns are text.
    const text = patterns.map((list) => list.map((line) => line.replaceAll('$$', '$').replaceAll('\xe9', 'e')))
    fc.assert(
      fc.property(text, fc.constantFrom('include', 'exclude', 'iinclude', 'iexclude'), (given, way) => {
        const decoded = given.map((line) => Buffer.from(line, 'latin1').toString())
        const key = {
          include: 'includes',
          exclude: 'excludes',
          iinclude: 'caseInsensitiveIncludes',
          iexclude: 'caseInsensitiveExcludes',
        }[way]
        const selection = createRestoreSelection({ [key]: decoded.map(toByteString) })
        restic('restore', 'latest', `--target=${target}`, ...decoded.map((line) => `--${way}=${line}`))

        const expected = new Set<string>()
        const entered = new Set<string>(['/'])
        for (const path of [...parents(root).map((parent) => `${parent}/`), ...all]) {
          const plain = path.replace(/\/$/, '')
          if (!entered.has(dirname(plain))) continue
          if (path.endsWith('/') && selection.entersFolder(plain)) entered.add(plain)
          if (!selection.inFolder(dirname(plain))(plain.slice(plain.lastIndexOf('/') + 1))) continue
          for (const restored of [...parents(plain), plain]) expected.add(restored)
        }
        const restored = contents(target)
        rmSync(target, { recursive: true, force: true })
        expect(restored).toEqual([...expected].toSorted())
      }),
      { numRuns: ROUNDS },
    )
  })
})

/** The folders above a path, from the top. */
function parents(path: string): string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)).filter((parent) => parent !== '')
}

function contents(target: string): string[] {
  const found: string[] = []
  const visit = (folder: Buffer, path: string): void => {
    for (const entry of readdirSync(folder, { encoding: 'buffer', withFileTypes: true })) {
      const name = entry.name.toString('latin1')
      found.push(`${path}/${name}`)
      if (entry.isDirectory()) visit(joinPath(folder, name), `${path}/${name}`)
    }
  }
  mkdirSync(target, { recursive: true })
  visit(Buffer.from(target), '')
  return found.toSorted()
}
