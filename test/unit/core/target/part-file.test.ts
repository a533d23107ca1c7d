import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { type Clock, systemChance, systemClock } from '../../../../core/base/index.ts'
import { newPartMark, partName, publishPart, removeLeftParts } from '../../../../core/target/index.ts'

const name = Buffer.from('file')
let home = ''
let folder = 0
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-part-'))
  folder = openSync(home, 'r')
})
afterEach(() => {
  closeSync(folder)
  rmSync(home, { recursive: true })
})

function write(part: Buffer, content: string): { dev: bigint; ino: bigint } {
  writeFileSync(join(home, part.toString()), content)
  const file = openSync(join(home, part.toString()), 'r')
  const stat = fstatSync(file, { bigint: true })
  closeSync(file)
  return stat
}

const inHours = (hours: number): Clock => ({ ...systemClock, now: () => Date.now() + hours * 60 * 60 * 1000 })

it('two restores never have a part of the same name, whatever files there are', () => {
  const marks = Array.from({ length: 100 }, () => newPartMark(systemChance))
  expect(new Set(marks.map((mark) => partName(name, mark).toString())).size).toBe(100)
})

it('a part that is not what was written any more gets no name', () => {
  const part = partName(name, newPartMark(systemChance))
  const written = write(part, 'ours')
  // A new file beside it, so that it cannot have the same inode.
  const other = write(Buffer.from('other'), 'theirs')
  expect(other.ino).not.toBe(written.ino)
  rmSync(join(home, part.toString()))
  write(part, 'theirs')
  for (const mayReplace of [true, false])
    expect(() => publishPart(folder, name, part, { ...written, ino: other.ino }, mayReplace)).toThrow('was exchanged')
  expect(readdirSync(home).toSorted()).toEqual([part.toString(), 'other'])
  publishPart(folder, name, part, write(part, 'ours'), false)
  expect(readFileSync(join(home, 'file'), 'utf8')).toBe('ours')
})

it('parts of another host or container, whose processes nobody here knows, stay for a day', () => {
  const mine = newPartMark(systemChance)
  const elsewhere = mine.replace(/^[\da-f]{8}/, '00000000')
  // As Holdfast named them before it told where.
  const unknown = mine.replace(/^[\da-f]{8}-\d+/, '99999999')
  const parts = [elsewhere, elsewhere.replace(/-\d+-/, '-99999999-'), unknown].map((mark) => partName(name, mark))
  for (const part of parts) {
    write(part, 'part')
    // A file that is nearly whole has the time of the file that it will be.
    utimesSync(join(home, part.toString()), 1, 1)
  }
  removeLeftParts(folder, mine)
  expect(readdirSync(home)).toHaveLength(3)
  removeLeftParts(folder, mine, inHours(23))
  expect(readdirSync(home)).toHaveLength(3)
  removeLeftParts(folder, mine, inHours(25))
  expect(readdirSync(home)).toEqual([])
})

it('parts of restores that are gone are removed, and no others', () => {
  const mine = newPartMark(systemChance)
  const before = newPartMark(systemChance)
  // No process has such a number: the kernel's limit is 2^22.
  const gone = mine.replace(/-\d+-/, '-99999999-')
  const somebody = mine.replace(/-\d+-/, `-${process.ppid}-`)
  for (const mark of [mine, before, gone, somebody]) write(partName(name, mark), 'part')
  for (const other of ['.holdfast-part-', '.holdfast-part-mine', `x${partName(name, gone).toString()}`]) {
    write(Buffer.from(other), 'somebody else')
  }
  removeLeftParts(folder, mine)
  expect(readdirSync(home).toSorted()).toEqual(
    [
      partName(name, mine).toString(),
      partName(name, somebody).toString(),
      '.holdfast-part-',
      '.holdfast-part-mine',
      `x${partName(name, gone).toString()}`,
    ].toSorted(),
  )
})
