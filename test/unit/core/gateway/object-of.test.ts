import { describe, expect, it } from 'vitest'

import { objectOf } from '../../../../core/gateway/api/object-of.ts'

const made = { name: 'Finance', sourceId: 'a source', vaultId: 'a vault', policyId: 'a policy' }

describe('what an entry of the audit is about', () => {
  it('is what was made, and not what it was made from', () => {
    expect(objectOf('sets.create', made, { id: 'a set', vault: { id: 'a vault' } })).toBe('a set')
  })

  it('is called by its name where nothing was made', () => {
    expect(objectOf('sets.create', made)).toBe('Finance')
  })

  it('is called by its name where the answer has no id of its own: a token', () => {
    expect(objectOf('tokens.create', { name: 'Nightly' }, { token: { id: 'x' }, secret: 's' })).toBe('Nightly')
  })

  it.each([
    ['sets.update', { id: 'a set', name: 'Other' }, 'a set'],
    ['runs.backUp', { setId: 'a set' }, 'a set'],
    ['restores.start', { pointId: 'a point' }, 'a point'],
    ['session.signIn', { name: 'ada' }, 'ada'],
    ['session.signOut', undefined, undefined],
  ])('is what was given where something is done to it: %s', (operation, input, object) => {
    expect(objectOf(operation, input, { id: 'a run' })).toBe(object ?? 'a run')
  })
})
