import { statSync } from 'node:fs'

import { afterEach, describe, expect, it, vi } from 'vitest'

import { CoreError, reasonOf } from '../../../../core/base/index.ts'
import { createOutput } from '../../../../core/cli/output.ts'

function causeOf(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

/** What is written on standard error. */
function told(error: unknown): string {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text))
    return true
  })
  createOutput({ json: false, quiet: false }).fail(error)
  return lines.join('')
}

describe('an error that is told to people', () => {
  afterEach(() => void vi.restoreAllMocks())

  const cause = causeOf(() => void statSync('/nowhere/at/all'))

  it('says what the system said, where its own words do not', () => {
    const error = new CoreError('input/invalid', 'The file cannot be read.', { cause, remedy: 'Check its name.' })
    expect(told(error)).toBe(
      "The file cannot be read. (ENOENT: no such file or directory, stat '/nowhere/at/all')\nCheck its name.\n",
    )
  })

  it('says it once', () => {
    const error = new CoreError('input/invalid', `/nowhere cannot be used: ${reasonOf(cause)}.`, { cause })
    expect(told(error)).toBe('/nowhere cannot be used: ENOENT: no such file or directory.\n')
  })
})
