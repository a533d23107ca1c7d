import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { systemChance } from '../../../../core/base/index.ts'
import { openImageTarget } from '../../../../core/target/index.ts'
import { leaveOut } from '../../../support/peer/leave-out.ts'
import { asNobody, isRoot, NOBODY, rootOnly } from '../../../support/privilege.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-image-target-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const OPTIONS = {
  bytes: 1000,
  needed: 1000,
  overwrite: false,
  chance: systemChance,
  onLoss: () => expect.unreachable(),
}

it('a part that somebody removed is the reason why the disk gets no name, and closing it hides none', () => {
  const target = openImageTarget(Buffer.from(join(home, 'disk')), OPTIONS)
  const [part = ''] = readdirSync(home)
  rmSync(join(home, part))
  expect(() => target.publish()).toThrow(expect.objectContaining({ code: 'target/refused' }))
  expect(() => target.close()).not.toThrow()
  expect(readdirSync(home)).toEqual([])
})

it('what was not published is gone when it is closed', () => {
  const target = openImageTarget(Buffer.from(join(home, 'disk')), OPTIONS)
  expect(readdirSync(home)).toHaveLength(1)
  target.close()
  expect(readdirSync(home)).toEqual([])
})

const REPLACING = { ...OPTIONS, overwrite: true }

/** A file that is there, and another one in its place. */
function replace(mode: number, prepare: (path: string) => void) {
  const path = join(home, 'disk')
  writeFileSync(path, 'before')
  chmodSync(path, mode)
  prepare(path)
  const target = openImageTarget(Buffer.from(path), REPLACING)
  expect(readdirSync(home).filter((name) => (statSync(join(home, name)).mode & 0o077) !== 0)).toEqual(['disk'])
  target.publish()
  target.close()
  expect(statSync(path).size).toBe(1000)
  return statSync(path)
}

it.runIf(isRoot)(`a file that is replaced passes on its owner, mode and ACL${rootOnly}`, () => {
  const { uid, gid, mode } = replace(0o664, (path) => chownSync(path, NOBODY, NOBODY))
  expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: NOBODY, gid: NOBODY, mode: 0o664 })
})

const list = (path: string) => execFileSync('getfacl', ['-cn', path], { encoding: 'utf8' })

it('an ACL of a file that is replaced is passed on', () => {
  let before = ''
  try {
    replace(0o640, (path) => {
      execFileSync('setfacl', ['-m', 'u:12345:rw', path])
      before = list(path)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    leaveOut('an ACL of an image', 'acl not installed')
    return
  }
  expect(before).toContain('user:12345:rw-')
  expect(list(join(home, 'disk'))).toBe(before)
})

it.runIf(isRoot)(`what cannot be passed on is told, and opens the file to nobody${rootOnly}`, () => {
  const lost: string[] = []
  chmodSync(home, 0o777)
  const options = { ...REPLACING, onLoss: (part: string) => void lost.push(part) }
  const path = join(home, 'disk')
  writeFileSync(path, 'before')
  chmodSync(path, 0o666)
  asNobody(() => {
    const target = openImageTarget(Buffer.from(path), options)
    target.publish()
    target.close()
  })
  const { uid, mode } = statSync(path)
  expect(lost).toEqual(['owner'])
  expect({ uid, mode: mode & 0o7777 }).toEqual({ uid: NOBODY, mode: 0o606 })
})
