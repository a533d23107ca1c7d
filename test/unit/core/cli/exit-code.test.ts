import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { EXIT, exitCodeOf } from '../../../../core/cli/exit-code.ts'
import { outputFailure } from '../../../../core/cli/standard-output.ts'
import { Interrupted } from '../../../../core/cli/stopped.ts'

const failure = (code: string): Error => Object.assign(new Error(code), { code })

describe('what a command ends with', () => {
  it.each([
    ['repository/not-found', 10],
    ['repository/locked', 11],
    ['repository/wrong-password', 12],
    ['repository/damaged', 1],
    ['input/invalid', 1],
    ['storage/unreachable', 1],
  ] as const)('is, for %s, %i', (code, expected) => {
    expect(exitCodeOf(new CoreError(code, 'x'))).toBe(expected)
  })

  it('is 1 for what nobody foresaw, and 130 where it was stopped', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(EXIT.failed)
    expect(exitCodeOf(undefined)).toBe(EXIT.failed)
    expect(exitCodeOf(new Interrupted('SIGTERM'))).toBe(130)
  })

  it('is 141 where the reader went away, and 1 where output cannot be written', () => {
    expect(exitCodeOf(outputFailure(failure('EPIPE')))).toBe(141)
    expect(outputFailure(failure('ENOSPC'))).toMatchObject({ code: 'target/full' })
    expect(outputFailure(failure('EIO'))).toMatchObject({ code: 'target/refused' })
    expect(exitCodeOf(outputFailure(failure('EIO')))).toBe(1)
  })
})
