import { closeSync, futimesSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openSystemCalls } from '../../../../core/file-system/index.ts'
import { createCutTimes } from '../../../../core/target/cut-times.ts'

const calls = openSystemCalls()
let folder = ''
let file = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-cut-times-'))
  file = openSync(join(folder, 'file'), 'w')
})
afterAll(() => {
  closeSync(file)
  rmSync(folder, { recursive: true })
})

const kept = (): bigint => statSync(join(folder, 'file'), { bigint: true }).mtimeNs
const second = (seconds: bigint): bigint => seconds * 1_000_000_000n

describe('a time that a file system cuts', () => {
  it.each([
    ['of today', second(1_790_000_000n) + 123_456_789n],
    ['before 1970', second(-5_000_000_000n) + 1n],
    ['of the year 3000', second(32_503_680_000n) + 1n],
    ['of the year 9999', second(253_402_300_799n) + 999_999_999n],
    ['without nanoseconds', second(1_600_000_000n)],
  ])('is told of a time %s where it is another one then, and only there', (_, modified) => {
    calls?.setTimes(file, modified, modified)
    expect(createCutTimes().isCut(file, 1, modified)).toBe(kept() !== modified)
  })

  it('is told of a file system that keeps whole seconds, as long as that one is meant', () => {
    const cut = createCutTimes()
    futimesSync(file, 1_600_000_000, 1_600_000_000)
    expect(cut.isCut(file, 1, second(1_600_000_000n) + 7n)).toBe(true)
    // Another one keeps nanoseconds; it is not asked again.
    calls?.setTimes(file, 0n, second(1_600_000_000n) + 7n)
    expect(cut.isCut(file, 2, second(1_600_000_000n) + 7n)).toBe(false)
    expect(cut.isCut(file, 2, second(1_600_000_000n) + 8n)).toBe(false)
    expect(cut.isCut(file, 1, second(1_600_000_000n) + 8n)).toBe(true)
  })

  it('is looked for again where what was kept may be as much as a coarser one keeps', () => {
    const cut = createCutTimes()
    calls?.setTimes(file, 0n, second(1_600_000_000n) + 300n)
    expect(cut.isCut(file, 1, second(1_600_000_000n) + 300n)).toBe(false)
    expect(cut.isCut(file, 1, second(1_600_000_000n) + 301n)).toBe(true)
  })
})
