import { assert, integer, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { windowOf } from '../../../../renderer/ui/window-of.ts'

describe('the window of a long list', () => {
  it('holds all that is seen, and takes the room of all rows', () => {
    assert(
      property(nat(10_000), nat(2000), integer({ min: 20, max: 80 }), nat(500_000), (count, height, rowHeight, top) => {
        const { from, until, above, below } = windowOf({ top, height, rowHeight, count })
        expect(above + (until - from) * rowHeight + below).toBe(count * rowHeight)
        expect(until - from).toBeLessThanOrEqual(height / rowHeight + 18)
        const bottom = Math.min(count * rowHeight, top + height)
        if (top < bottom) {
          expect(above).toBeLessThanOrEqual(top)
          expect(count * rowHeight - below).toBeGreaterThanOrEqual(bottom)
        }
      }),
    )
  })

  it('is empty where nothing is listed', () => {
    expect(windowOf({ top: 900, height: 600, rowHeight: 48, count: 0 })).toEqual({
      from: 0,
      until: 0,
      above: 0,
      below: 0,
    })
  })
})
