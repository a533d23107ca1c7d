import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { systemChance } from '../../../../core/base/index.ts'
import { openImageTarget } from '../../../../core/target/index.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-image-target-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const OPTIONS = { bytes: 1000, needed: 1000, overwrite: false, chance: systemChance }

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
