import { describe, expect, it } from 'vitest'

import { canConfirm, newerOf } from '../../../../renderer/modules/run/run-confirm.ts'
import { makeWorld } from '../../../support/console/world/world.ts'

const { runs } = makeWorld('full')
const waiting = runs.find(({ needsConfirmation }) => needsConfirmation)
if (!waiting) throw new Error('no run waits')

describe('a run that stopped for a person (RET-22)', () => {
  it('can be confirmed where it removes something, and not where it waits for nobody', () => {
    expect(canConfirm(waiting)).toBe(true)
    expect(canConfirm({ ...waiting, kind: 'prune' })).toBe(true)
    expect(canConfirm({ ...waiting, kind: 'backup' })).toBe(false)
    expect(canConfirm({ ...waiting, needsConfirmation: false })).toBe(false)
  })

  it('waits no more where one of its kind came behind it, on the same vault', () => {
    const newer = { ...waiting, id: waiting.id.replace(/^./, 'f') }
    expect(newerOf(waiting, [newer, waiting])).toBe(newer)
    expect(newerOf(waiting, [waiting])).toBeUndefined()
    expect(newerOf(newer, [waiting])).toBeUndefined()
    expect(newerOf(waiting, [{ ...newer, kind: 'prune' }])).toBeUndefined()
    expect(newerOf(waiting, [{ ...newer, vault: { id: 'another', name: '' } }])).toBeUndefined()
  })
})
