import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { CoreError, isCode, systemCode, withSafety } from '../../../../core/base/index.ts'

const caught = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('CoreError', () => {
  it('answers what happened, whether data is safe, and what to do next', () => {
    const cause = new Error('cause')
    const options = { cause, retryable: true, safety: 'It is.', remedy: 'Wait.', context: { size: 1 } }
    const error = new CoreError('storage/full', 'The disk is full', options)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'CoreError', code: 'storage/full', message: 'The disk is full', ...options })
  })

  it('is final, without a cause and without context, unless it says otherwise', () => {
    const error = new CoreError('storage/full', 'Oh')
    expect([error.retryable, error.safety, error.remedy, error.context]).toEqual([false, undefined, undefined, {}])
    expect('cause' in error).toBe(false)
  })
})

it('an error keeps all but what it means for the data, for whoever knows that better', () => {
  const options = {
    cause: new Error('cause'),
    retryable: true,
    safety: 'Perhaps.',
    remedy: 'Wait.',
    context: { size: 1 },
  }
  const error = new CoreError('storage/full', 'The disk is full', options)
  const known = { ...options, code: 'storage/full', message: 'The disk is full', safety: 'It is.' }
  expect(withSafety(error, 'It is.')).toMatchObject(known)
  expect(withSafety(error, 'It is.', 'Go on.')).toMatchObject({ ...known, remedy: 'Go on.' })
  expect('cause' in withSafety(new CoreError('storage/full', 'Oh'), 'It is.')).toBe(false)
})

it('a defect says what is known of the data and what to do, unless whoever throws knows more', () => {
  const { safety, remedy } = new CoreError('internal/defect', 'x')
  expect(safety).toContain('are never changed')
  expect(remedy).toContain('please report it')
  expect(new CoreError('internal/defect', 'x', { safety: 'All is well.' })).toMatchObject({
    safety: 'All is well.',
    remedy,
  })
  expect(new CoreError('storage/full', 'x')).toMatchObject({ safety: undefined, remedy: undefined })
})

describe('isCode', () => {
  it('knows an error by its code alone', () => {
    expect(isCode(new CoreError('storage/full', 'x'), 'storage/full')).toBe(true)
    expect(isCode(new CoreError('storage/full', 'x'), 'target/full')).toBe(false)
    expect(isCode(Object.assign(new Error('x'), { code: 'storage/full' }), 'storage/full')).toBe(false)
    expect(isCode(undefined, 'storage/full')).toBe(false)
  })
})

describe('systemCode', () => {
  it('is the code of a failed system call', () => {
    expect(systemCode(caught(() => readFileSync('/nowhere/at/all')))).toBe('ENOENT')
  })

  it.each([
    ['one of ours', new CoreError('storage/full', 'x')],
    ['one of Node’s own', caught(() => Buffer.alloc(-1))],
    ['an abort', caught(() => AbortSignal.abort().throwIfAborted())],
    ['an error without a code', new Error('x')],
    ['no error', { code: 'ENOENT' }],
    ['nothing', undefined],
  ])('is undefined for %s', (_, error) => {
    expect(systemCode(error)).toBeUndefined()
  })
})
