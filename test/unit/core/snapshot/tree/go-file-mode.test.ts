import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { goModeFromUnix, nodeTypeOfGoMode, unixModeFromGo } from '../../../../../core/snapshot/index.ts'

describe('file modes as Go has them', () => {
  // The numbers are what restic 0.14 stored for such files.
  it.each([
    [0o100644, 420, 'file'],
    [0o100000, 0, 'file'],
    [0o106755, 12_583_405, 'file'],
    [0o041777, 2_148_532_735, 'dir'],
    [0o120777, 134_218_239, 'symlink'],
    [0o060600, 67_109_248, 'dev'],
    [0o020644, 69_206_436, 'chardev'],
    [0o010644, 33_554_852, 'fifo'],
    [0o140755, 16_777_709, 'socket'],
  ])('knows st_mode %s as %s, a %s, and back', (stMode, mode, type) => {
    expect(goModeFromUnix(stMode)).toBe(mode)
    expect(nodeTypeOfGoMode(mode)).toBe(type)
    expect(unixModeFromGo(mode)).toBe(stMode)
  })

  it('calls what has another type irregular', () => {
    expect(nodeTypeOfGoMode(goModeFromUnix(0o050644))).toBe('irregular')
  })

  it('keeps every bit of every mode of a known type', () => {
    const types = fc.constantFrom(0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000)
    fc.assert(
      fc.property(types, fc.nat({ max: 0o7777 }), (type, bits) => {
        const mode = goModeFromUnix(type + bits)
        expect(mode).toBeGreaterThanOrEqual(0)
        expect(unixModeFromGo(mode)).toBe(type + bits)
      }),
    )
  })
})
