import { describe, expect, it } from 'vitest'

import { Access } from '../../../../core/contract/index.ts'
import { TOKEN_ACCESS, toggled } from '../../../../renderer/modules/token/token-access.ts'
import { changesOf, userDraftOf, withRoot } from '../../../../renderer/modules/user/user-draft.ts'

const user = { ...userDraftOf(), role: 'operator' as const, sourceRoots: ['/srv'] }

describe('what is changed of a user', () => {
  it('is only what is different', () => {
    expect(changesOf(user, { ...user })).toEqual({})
    expect(changesOf(user, { ...user, isEnabled: false })).toEqual({ isEnabled: false })
  })

  it('tells all folders from none, and the order of folders is kept', () => {
    expect(changesOf(user, { ...user, sourceRoots: null, restoreRoots: [] })).toEqual({
      sourceRoots: null,
      restoreRoots: [],
    })
  })

  it('begins with the least: a new user only looks', () => {
    expect(userDraftOf().role).toBe('viewer')
  })
})

describe('folders of a user', () => {
  it('are whole paths, each once, without a slash behind', () => {
    expect(withRoot(['/srv'], ' /srv/finance/ ')).toEqual(['/srv', '/srv/finance'])
    expect(withRoot(['/srv'], '/srv/')).toEqual(['/srv'])
    expect(withRoot([], '/')).toEqual(['/'])
  })

  it('leave out what is no whole path', () => {
    expect(withRoot(['/srv'], 'finance')).toEqual(['/srv'])
    expect(withRoot(['/srv'], '')).toEqual(['/srv'])
  })
})

describe('what a token may', () => {
  it('can be all that the contract knows, but what anyone may', () => {
    expect(new Set([...TOKEN_ACCESS, 'anyone'])).toEqual(new Set(Access.options))
  })

  it('is chosen in the order of the list', () => {
    expect(toggled(['operate'], 'view', true)).toEqual(['view', 'operate'])
    expect(toggled(['view', 'operate'], 'view', false)).toEqual(['operate'])
  })
})
