import { describe, expect, it } from 'vitest'

import {
  clearMarks,
  createCopyMarks,
  settleMarks,
  STATE,
  takeBackMarks,
} from '../../../../../core/maintenance/copy/copy-marks.ts'
import { markerOfNeed } from '../../../../../core/maintenance/copy/mark-blob.ts'
import { LACKING, MARKED } from '../../../../../core/maintenance/reading/tree-marker.ts'
import { type BlobType, createBlobIndex } from '../../../../../core/repository/index.ts'

const idOf = (number: number): Buffer => Buffer.alloc(32, number)

const at = (type: BlobType, offset: number) => ({ type, pack: 0, offset, length: 100, uncompressedLength: 0 })

/** A source with data 0 to 3 and tree 4, of 100 bytes each; the destination has data 1 and 9. */
function scene() {
  const [source, destination] = [createBlobIndex(), createBlobIndex()]
  for (let blob = 0; blob < 5; blob++) source.add(idOf(blob), at(blob < 4 ? 'data' : 'tree', blob * 100))
  for (const blob of [1, 9]) destination.add(idOf(blob), at('data', 0))
  const marks = createCopyMarks(source.count)
  const wanted = { blobs: 0, bytes: 0 }
  return { marks, wanted, mark: markerOfNeed(source, destination, marks, wanted) }
}

describe('what a copy notes of blobs', () => {
  it('is, once each, which are wanted, and which the destination has', () => {
    const { marks, wanted, mark } = scene()
    expect([mark('data', idOf(0)), mark('data', idOf(0))]).toEqual([0, MARKED])
    expect([mark('data', idOf(1)), mark('data', idOf(1))]).toEqual([1, MARKED])
    expect(mark('tree', idOf(4))).toBe(4)
    expect([...marks]).toEqual([STATE.wanted, STATE.had, 0, 0, STATE.wanted])
    expect(wanted).toEqual({ blobs: 2, bytes: 200 })
  })

  it('is that nobody has what neither has, and what is lost; the destination may have data', () => {
    const { marks, mark } = scene()
    expect([mark('data', idOf(8)), mark('data', idOf(9)), mark('tree', idOf(9))]).toEqual([LACKING, MARKED, LACKING])
    marks.fill(STATE.lost)
    expect([mark('data', idOf(0)), mark('data', idOf(1)), mark('tree', idOf(4))]).toEqual([LACKING, MARKED, LACKING])
  })

  it('is settled with the batch, and taken back where the snapshot is not copied', () => {
    const { marks, mark } = scene()
    mark('data', idOf(0))
    mark('data', idOf(1))
    settleMarks(marks, 7)
    expect([...marks]).toEqual([7, STATE.there, 0, 0, 0])
    expect(mark('data', idOf(0))).toBe(MARKED)
    mark('data', idOf(2))
    mark('tree', idOf(4))
    marks[3] = STATE.lost
    takeBackMarks(marks)
    expect([...marks]).toEqual([7, STATE.there, 0, STATE.lost, 0])
    clearMarks(marks)
    expect([...marks]).toEqual([0, 0, 0, STATE.lost, 0])
  })
})
