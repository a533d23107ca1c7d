import { execFileSync } from 'node:child_process'
import { ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { padding, TAR_END, type TarEntry, tarHeader, type TarKind } from '../../core/restorer/tar/tar-header.ts'
import { describeWith } from '../support/peer/describe-with.ts'

function entryOf(changes: Pick<TarEntry, 'path'> & Partial<TarEntry>): TarEntry {
  return { kind: 'file', mode: 0o644, uid: 0, gid: 0, user: '', group: '', mtime: 0n, size: 0n, ...changes }
}

/** What `tar -tv` shows of each entry of an archive, without the blanks that make columns of it. */
function listed(archive: Buffer | string): string[] {
  const file = typeof archive === 'string' ? archive : '-'
  const args = ['--numeric-owner', '--full-time', '--quoting-style=escape', '-tvf', file]
  const options = { env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, maxBuffer: Infinity }
  const text = execFileSync('tar', args, typeof archive === 'string' ? options : { ...options, input: archive })
  const lines = text.toString('latin1').split('\n').slice(0, -1)
  return lines.map((line) => line.replace(/^(\S+) (\S+) +(\S+) (\S+) (\S+) +/, '$1 $2 $3 $4 $5 '))
}

function expected({ kind, path, mode, uid, gid, mtime, size, linkTarget, device = 0n }: TarEntry): string {
  const to = { symlink: ' -> ', 'hard link': ' link to ' }[kind as string]
  const numbers = kind === 'dev' || kind === 'chardev' ? `${device >> 8n},${device & 0xffn}` : String(size)
  const name = `${escaped(path)}${kind === 'dir' ? '/' : ''}${to ? to + escaped(linkTarget ?? Buffer.alloc(0)) : ''}`
  return `${LETTERS[kind]}${permissions(mode)} ${uid}/${gid} ${numbers} ${time(mtime)} ${name}`
}

const LETTERS = { file: '-', 'hard link': 'h', symlink: 'l', chardev: 'c', dev: 'b', dir: 'd', fifo: 'p' } as const

function permissions(mode: number): string {
  const letters = Array.from('rwxrwxrwx', (letter, at) => ((mode & (0o400 >> at)) === 0 ? '-' : letter))
  const special = [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const
  for (const [bit, at, letter] of special) {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase()
  }
  return letters.join('')
}

function time(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const rest = ns % 1_000_000_000n
  return rest === 0n ? seconds : `${seconds}.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
}

/** As GNU tar writes names for `--quoting-style=escape`. */
function escaped(path: Buffer): string {
  const letters: Record<string, string> = {
    '\x07': 'a',
    '\b': 'b',
    '\t': 't',
    '\n': 'n',
    '\v': 'v',
    '\f': 'f',
    '\r': 'r',
  }
  return path
    .toString('latin1')
    .replaceAll('\\', '\\\\')
    .replaceAll(/[^\x20-\x7e]/g, (sign) => `\\${letters[sign] ?? sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

const name = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => Buffer.from(bytes).map((byte) => (byte === 0 || byte === 0x2f ? 0x78 : byte)) as Buffer)
  .filter((bytes) => !['.', '..'].includes(bytes.toString('latin1')) && bytes[0] !== 0x20)
const path = fc
  .array(name, { minLength: 1, maxLength: 6 })
  .map((names) => Buffer.from(names.map((each) => each.toString('latin1')).join('/'), 'latin1'))
const number = fc.oneof(fc.nat(5000), fc.integer({ min: 2_097_140, max: 2_097_160 }), fc.nat(2 ** 31 - 1))
const entry = fc.record({
  kind: fc.constantFrom<TarKind>(...(Object.keys(LETTERS) as TarKind[])),
  path,
  mode: fc.nat(0o7777),
  uid: number,
  gid: number,
  user: fc.string({ maxLength: 40, unit: fc.constantFrom('a', 'b', 'ä') }),
  group: fc.string({ maxLength: 40, unit: fc.constantFrom('a', 'b', 'ä') }),
  mtime: fc.oneof(
    fc.bigInt(0n, 7_000_000_000_000_000_000n),
    fc.bigInt(0n, 20_000_000_000n).map((seconds) => seconds * 1_000_000_000n),
  ),
  size: fc.constant(0n),
  linkTarget: path,
  device: fc.bigInt(0n, 0xffffn),
  attributes: fc.array(
    fc.record({
      name: name.map((each) => Buffer.concat([Buffer.from('user.'), each])),
      value: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    }),
    { maxLength: 2 },
  ),
})

describeWith(['tar'], 'a tar header', () => {
  it('says to GNU tar what it was made of', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        expect(listed(Buffer.concat([...entries.map(tarHeader), TAR_END]))).toEqual(entries.map(expected))
      }),
      { numRuns: 40 },
    )
  })

  it('gives all lengths of paths around those that need something more', () => {
    const lengths = [...range(95, 105), ...range(150, 160), ...range(250, 262), 300, 1000, 4000]
    for (const separator of [7, 50, 99, 154]) {
      const entries = lengths.flatMap((length) =>
        (['file', 'dir', 'symlink'] as const).map((kind): TarEntry => {
          const long = Buffer.alloc(length, 'p')
          for (let at = separator; at < length - 1; at += separator + 1) long[at] = 0x2f
          return entryOf({ path: long, kind, linkTarget: kind === 'symlink' ? long : undefined })
        }),
      )
      expect(listed(Buffer.concat([...entries.map(tarHeader), TAR_END]))).toEqual(entries.map(expected))
    }
  })

  it('holds sizes from 8 GiB on, and what follows is found', () => {
    const home = mkdtempSync(join(tmpdir(), 'holdfast-tar-'))
    try {
      const file = join(home, 'large.tar')
      const entries = [2n ** 33n - 1n, 2n ** 33n, 3n * 2n ** 40n + 5n].map((size) =>
        entryOf({ path: Buffer.from(`${size}`), size }),
      )
      const descriptor = openSync(file, 'w')
      let at = 0
      for (const each of entries) {
        at += writeSync(descriptor, tarHeader(each), 0, null, at)
        at += Number(each.size) + padding(each.size).length
      }
      ftruncateSync(descriptor, at + TAR_END.length)
      expect(listed(file)).toEqual(entries.map(expected))
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}
