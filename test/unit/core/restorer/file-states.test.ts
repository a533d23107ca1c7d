import { describe, expect, it } from 'vitest'

import { createFileStates, fileStatesOver } from '../../../../core/restorer/file-states.ts'

describe('what workers know of files together', () => {
  it('whoever writes the last blob is told, whichever worker that is', () => {
    const states = createFileStates(2)
    const other = fileStatesOver(states.shared)
    states.set(0, 3, false)
    states.set(1, 1, false)
    expect([states.written(0), other.written(0), other.written(0)]).toEqual([false, false, true])
    expect(states.written(1)).toBe(true)
  })

  it('nobody finishes a file that is spoilt, however many of its blobs are still written', () => {
    const states = createFileStates(1)
    states.set(0, 1000, false)
    fileStatesOver(states.shared).spoil(0)
    const told = Array.from({ length: 1000 }, () => states.written(0))
    expect(told).not.toContain(true)
    expect(states.isSpoilt(0)).toBe(true)
  })

  it('a file without blobs is not spoilt', () => {
    const states = createFileStates(1)
    states.set(0, 0, false)
    expect(states.isSpoilt(0)).toBe(false)
  })

  it('a file is made by one of them, and not at all where it is there', () => {
    const states = createFileStates(2)
    const other = fileStatesOver(states.shared)
    states.set(0, 1, false)
    states.set(1, 1, true)
    expect([other.makeOnce(0, () => 77), states.makeOnce(0, () => 78)]).toEqual([77, undefined])
    expect([states.isMadeHere(0), states.isMadeHere(1)]).toEqual([true, false])
    expect(states.makeOnce(1, () => 79)).toBeUndefined()
  })

  it('where making fails the others do not wait for it forever', () => {
    const states = createFileStates(1)
    states.set(0, 1, false)
    expect(() =>
      states.makeOnce(0, () => {
        throw new Error('no room')
      }),
    ).toThrow('no room')
    // What has its name by then is not it.
    expect(() => states.makeOnce(0, () => 1)).toThrow('could not be made')
  })
})
