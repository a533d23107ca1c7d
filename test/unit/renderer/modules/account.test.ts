import { describe, expect, it } from 'vitest'

import type { Problem } from '../../../../renderer/client/index.ts'
import { digitsOf, grouped } from '../../../../renderer/modules/account/grouped.ts'
import { fieldError } from '../../../../renderer/modules/problem/field-error.ts'

describe('a secret that is typed by hand', () => {
  it('is shown in groups of four, and nothing of it is left out', () => {
    const groups = grouped('JBSWY3DPEHPK3PXPJB')
    expect(groups).toEqual(['JBSW', 'Y3DP', 'EHPK', '3PXP', 'JB'])
    expect(groups.join('')).toBe('JBSWY3DPEHPK3PXPJB')
  })

  it('is nothing where there is none', () => {
    expect(grouped('')).toEqual([])
  })
})

describe('six digits', () => {
  it('may be typed in two groups, as authenticators show them', () => {
    expect(digitsOf(' 123 456 ')).toBe('123456')
  })
})

describe('what is wrong with a field', () => {
  const problem: Problem = {
    kind: 'BAD_INPUT',
    reason: 'input/invalid',
    message: 'Something cannot be used.',
    object: null,
    safety: null,
    remedy: null,
    fields: [{ path: 'sourceRoots.1', message: 'Not a path.' }],
  }

  it('is said at that field, and at no other', () => {
    expect(fieldError(problem, 'sourceRoots')).toBe('Not a path.')
    expect(fieldError(problem, 'source')).toBe(false)
    expect(fieldError(undefined, 'sourceRoots.1')).toBe(false)
  })
})
