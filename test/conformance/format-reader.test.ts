import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { readDiskOf, readFileOf } from './format-reader.ts'

const PASSWORD = 'geheim ✓'
const ODD = Buffer.concat([
  Buffer.from('a\t"q" \\x41 \'<&>\u00a0\u2028\u{1f600}\u{e0020}\x01\x7f\u0085-'),
  Buffer.from([0xff, 0xc3]),
])
// More than the longest blob, so that there are several.
const LINES = Array.from({ length: 110_000 }, (_, number) => `line ${number} of many that resemble it\n`).join('')

const files = [
  {
    title: 'of several chunks',
    name: Buffer.from('chunks'),
    content: Buffer.concat([Buffer.from(LINES), randomBytes(4_500_000)]),
  },
  { title: 'that is empty', name: Buffer.from('empty'), content: Buffer.alloc(0) },
  { title: 'with an odd name', name: ODD, content: Buffer.from('{"odd":true}') },
]

let made = ''

function pathOf(name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(join(made, 'source', 'folder') + '/'), name])
}

function givesBackEveryFile(repository: string): void {
  it.each(files)('gives back a file $title', ({ name, content }) => {
    // Equal or not at all: nobody reads a comparison of megabytes.
    expect(readFileOf(join(made, repository), PASSWORD, pathOf(name)).equals(content)).toBe(true)
  })

  it('reads the newest snapshot', () => {
    expect(readFileOf(join(made, repository), PASSWORD, join(made, 'source', 'changed')).toString()).toBe('new')
  })

  it('tells a wrong password', () => {
    expect(() => readFileOf(join(made, repository), 'wrong', pathOf(ODD))).toThrow('no key fits')
  })

  it('tells a changed byte of a snapshot by its MAC, where the name was made to fit', () => {
    const folder = join(made, repository, 'snapshots')
    const [name = ''] = readdirSync(folder)
    const bytes = readFileSync(join(folder, name))
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
    const fitting = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(folder, fitting), bytes)
    try {
      expect(() => readFileOf(join(made, repository), PASSWORD, pathOf(ODD))).toThrow('the MAC does not fit')
    } finally {
      rmSync(join(folder, fitting))
    }
  })
}

beforeAll(() => {
  made = mkdtempSync(join(tmpdir(), 'holdfast-format-'))
  mkdirSync(join(made, 'source', 'folder'), { recursive: true })
  for (const { name, content } of files) writeFileSync(pathOf(name), content)
})

afterAll(() => rmSync(made, { recursive: true, force: true }))

describe('a reader written from FORMAT.md alone', () => {
  describe('of what Holdfast stored', () => {
    beforeAll(async () => {
      const env = { RESTIC_PASSWORD: PASSWORD, RESTIC_REPOSITORY: join(made, 'holdfast') }
      expect(await runHoldfast(['repo', 'init'], { env })).toMatchObject({ code: 0 })
      for (const text of ['old', 'new']) {
        writeFileSync(join(made, 'source', 'changed'), text)
        expect(await runHoldfast(['repo', 'backup', join(made, 'source')], { env })).toMatchObject({ code: 0 })
      }
    })

    givesBackEveryFile('holdfast')

    it('gives back a disk', async () => {
      const folder = join(made, 'disks')
      const env = { RESTIC_PASSWORD: PASSWORD, RESTIC_REPOSITORY: folder, HOLDFAST_STATE_DIR: join(made, 'state') }
      const disk = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(5_000_000), Buffer.from('the end')])
      writeFileSync(join(made, 'disk.raw'), disk)
      expect(await runHoldfast(['repo', 'init'], { env })).toMatchObject({ code: 0 })
      const backup = ['repo', 'image', 'backup', join(made, 'disk.raw'), '--name', 'mail']
      expect(await runHoldfast(backup, { env })).toMatchObject({ code: 0 })
      expect(readDiskOf(folder, PASSWORD, 'mail').equals(disk)).toBe(true)
    })
  })

  describeWith(['restic'], 'of what stock restic stored', () => {
    beforeAll(() => {
      const env = { ...process.env, RESTIC_PASSWORD: PASSWORD, RESTIC_REPOSITORY: join(made, 'restic') }
      const restic = (...args: string[]) => execFileSync('restic', ['--no-cache', ...args], { env, stdio: 'pipe' })
      restic('init')
      for (const text of ['old', 'new']) {
        writeFileSync(join(made, 'source', 'changed'), text)
        restic('backup', join(made, 'source'))
      }
    })

    givesBackEveryFile('restic')
  })
})
