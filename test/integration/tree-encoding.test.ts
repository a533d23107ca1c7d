import { execFileSync } from 'node:child_process'
import { createDecipheriv } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'

import koffi from 'koffi'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { type Node, TreeReader, TreeWriter, decodeSnapshot, encodeSnapshot } from '../../core/snapshot/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { asRoot, isRoot } from '../support/privilege.ts'

/** Raw bytes of names that Go quotes or JSON escapes, or that sort otherwise than JavaScript has it. */
const NAMES = [
  'bad-\xff\xe9A',
  '\xed\xa0\x80',
  '\xc3',
  '\xf4\x90\x80\x80',
  'q"uote',
  'back\\slash',
  "it's",
  'new\nline',
  '\x01\x07\x7f\x1f\t',
  '<>&',
  ...[
    'nb\u{a0}sp',
    'ls\u{2028}x',
    '\u{3000}',
    '\u{ad}\u{feff}\u{e0001}',
    '\u{e000}',
    '\u{fffd}',
    '\u{301}',
    'é',
    '\u{fb01}',
    '\u{1f600}',
  ].map((name) => Buffer.from(name).toString('latin1')),
].map((name) => Buffer.from(name, 'latin1'))

const ATTRIBUTES: [string, Buffer][] = [
  ['user.z', Buffer.from([0, 0xff, 0x10])],
  ['user.a', Buffer.alloc(0)],
  ['user.<ü>', Buffer.from('text')],
]

describeWith(['restic'], 'trees and snapshots as restic 0.14 writes them', () => {
  let home = ''
  let snapshotId = ''
  let trees: Buffer[] = []

  function restic(...args: string[]): Buffer {
    const env = {
      ...process.env,
      TZ: 'UTC',
      RESTIC_PASSWORD: 'golden',
      RESTIC_REPOSITORY: join(home, 'repository'),
      RESTIC_CACHE_DIR: join(home, 'cache'),
    }
    return execFileSync('restic', args, { env, cwd: join(home, 'source'), maxBuffer: 1 << 28 })
  }

  function loadTrees(id: string): Buffer[] {
    const tree = restic('cat', 'blob', id)
    const reader = new TreeReader(tree, `Tree ${id}`)
    const below: string[] = []
    while (reader.next()) if (reader.subtree !== undefined) below.push(reader.subtree.toString('hex'))
    return [tree, ...below.flatMap(loadTrees)]
  }

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-tree-'))
    makeSource(join(home, 'source'))
    restic('init', '--quiet')
    restic('backup', '--quiet', '--tag', 'a<b,c', '--exclude', 'no&', '.')
    snapshotId = restic('list', '--quiet', 'snapshots').toString().trim()
    const document: unknown = JSON.parse(restic('cat', 'snapshot', snapshotId).toString())
    trees = loadTrees((document as { tree: string }).tree)
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('gives back every tree byte for byte', () => {
    const writer = new TreeWriter()
    expect(trees).toHaveLength(6)
    for (const tree of trees) {
      for (const node of nodesOf(tree)) writer.add(node)
      // restic 0.14 lost what was no UTF-8 in a link target: U+FFFD, escaped the first time, plain ever after, as in Go.
      expect(writer.finish().toString()).toBe(tree.toString().replaceAll('\\ufffd', '\u{fffd}'))
    }
  })

  it('gives back every tree byte for byte when its nodes are taken over as they are', () => {
    const writer = new TreeWriter()
    for (const tree of trees) {
      const reader = new TreeReader(tree, 'Tree')
      while (reader.next()) writer.addRaw(reader.name, tree, reader.rawStart, reader.rawEnd)
      expect(writer.finish()).toEqual(tree)
    }
  })

  it('finds every name as it is on disk', () => {
    const found = trees.flatMap(nodesOf).map(({ name }) => name.toString('latin1'))
    for (const name of NAMES) expect(found).toContain(name.toString('latin1'))
  })

  it('finds every kind of node', () => {
    const types = new Set(trees.flatMap(nodesOf).map(({ type }) => type))
    expect([...types].toSorted()).toEqual(
      isRoot ? ['chardev', 'dev', 'dir', 'fifo', 'file', 'symlink'] : ['dir', 'fifo', 'file', 'symlink'],
    )
  })

  it('finds every extended attribute', () => {
    const large = trees.flatMap(nodesOf).find(({ name }) => name.toString() === 'large')
    expect(large?.extendedAttributes).toHaveLength(ATTRIBUTES.length)
    for (const [name, value] of ATTRIBUTES) {
      expect(large?.extendedAttributes).toContainEqual({ name: Buffer.from(name), value })
    }
  })

  it('gives back the snapshot byte for byte', () => {
    const stored = openFile(readFileSync(join(home, 'repository', 'snapshots', snapshotId)))
    const snapshot = decodeSnapshot(stored, `Snapshot ${snapshotId}`)
    expect(snapshot.tags).toEqual(['a<b', 'c'])
    expect(encodeSnapshot(snapshot).toString()).toBe(stored.toString())
  })

  /** Deciphers an unpacked file (restic design.rst, "Unpacked Data Format") without a look at its MAC. */
  function openFile(sealed: Buffer): Buffer {
    const key = JSON.parse(restic('cat', 'masterkey').toString()) as { encrypt: string }
    const decipher = createDecipheriv('aes-256-ctr', Buffer.from(key.encrypt, 'base64'), sealed.subarray(0, 16))
    const plain = decipher.update(sealed.subarray(16, -16))
    return plain[0] === 2 ? zstdDecompressSync(plain.subarray(1)) : plain
  }
})

function nodesOf(tree: Buffer): Node[] {
  const reader = new TreeReader(tree, 'Tree')
  const nodes: Node[] = []
  while (reader.next()) nodes.push(reader.node())
  return nodes
}

function makeSource(source: string): void {
  const at = (...parts: (string | Buffer)[]): Buffer =>
    Buffer.concat([Buffer.from(source), ...parts.flatMap((part) => [Buffer.from('/'), Buffer.from(part)])])
  mkdirSync(source)
  for (const folder of ['names', 'kinds', 'modes', 'times', 'empty']) mkdirSync(at(folder))
  for (const name of NAMES) writeFileSync(at('names', name), 'x')

  writeFileSync(at('kinds', 'empty'), '')
  linkSync(at('kinds', 'empty'), at('kinds', 'hard link'))
  writeFileSync(at('kinds', 'large'), Buffer.alloc(20 << 20, 'text that repeats, '))
  symlinkSync('plain', at('kinds', 'link'))
  symlinkSync(Buffer.from('<&>\b\f\x7f\t"\\ \u{2028}'), at('kinds', 'odd link'))
  symlinkSync(Buffer.from('lost-\xff\xe2\x80\xfe', 'latin1'), at('kinds', 'lossy link'))
  for (const [name, value] of ATTRIBUTES) setAttribute(at('kinds', 'large'), name, value)
  execFileSync('mkfifo', [at('kinds', 'fifo').toString()])
  asRoot('trees with devices and unreadable files', () => {
    execFileSync('mknod', [at('kinds', 'block').toString(), 'b', '7', '300'])
    execFileSync('mknod', [at('kinds', 'char').toString(), 'c', '1', '3'])
  })

  const modes = { none: 0, setuid: 0o4755, setgid: 0o2755, sticky: 0o1777, all: 0o7777 }
  for (const [name, mode] of Object.entries(modes)) {
    // Who is not root cannot read a file without a read bit.
    if (name === 'none' && !isRoot) continue
    writeFileSync(at('modes', name), 'x')
    chmodSync(at('modes', name), mode)
  }
  chmodSync(at('modes'), 0o3775)

  const times = [
    '@0',
    '@-1.5',
    '@1.000000001',
    '@1.1',
    '@951782400',
    '@253402300799.999999999',
    '@-62135596800',
    '@4294967296',
  ]
  for (const time of times) execFileSync('touch', ['-d', time, at('times', time).toString()])
}

/** Node has no call for it, and setfattr is not on every machine. */
function setAttribute(path: Buffer, name: string, value: Buffer): void {
  const libc = koffi.load('libc.so.6')
  const lsetxattr = libc.func(
    'int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
  )
  const status: unknown = lsetxattr(path.toString(), name, value, value.length, 0)
  if (status !== 0) throw new Error(`The file system of ${path.toString()} keeps no extended attributes`)
}
