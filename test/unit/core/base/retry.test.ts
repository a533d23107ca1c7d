import { describe, expect, it } from 'vitest'

import { type Chance, retry, type RetryOptions, waitBeforeRetry } from '../../../../core/base/index.ts'

const chanceOf = (fraction: number): Chance => ({ fill: (target) => target, fraction: () => fraction })

function optionsOf(changes: Partial<RetryOptions> = {}) {
  const waits: number[] = []
  const wait = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
  }
  const options: RetryOptions = {
    attempts: 5,
    firstDelay: 100,
    longestDelay: 300,
    isRetryable: () => true,
    chance: chanceOf(0.5),
    wait,
    ...changes,
  }
  return { options, waits }
}

/** Work that fails `count` times and then resolves to the number of its call. */
function failing(count: number) {
  const state = { calls: 0 }
  const work = async (): Promise<number> => {
    state.calls++
    if (state.calls <= count) throw new Error(`failure ${state.calls}`)
    return state.calls
  }
  return { work, state }
}

describe('retry', () => {
  it('does work that succeeds once, and waits for nothing', async () => {
    const { options, waits } = optionsOf()
    expect(await retry(failing(0).work, options)).toBe(1)
    expect(waits).toEqual([])
  })

  it('doubles the wait each time up to the longest', async () => {
    const { options, waits } = optionsOf()
    expect(await retry(failing(4).work, options)).toBe(5)
    expect(waits).toEqual([100, 200, 300, 300])
  })

  it('throws the last failure when the attempts are used up', async () => {
    const { options, waits } = optionsOf({ attempts: 3 })
    const { work, state } = failing(9)
    await expect(retry(work, options)).rejects.toThrow('failure 3')
    expect(state.calls).toBe(3)
    expect(waits).toHaveLength(2)
  })

  it.each([
    [0, 50],
    [0.25, 75],
    [0.999, 149.9],
  ])('jitters a wait by half: chance %d makes 100 ms %d', async (fraction, expected) => {
    const { options, waits } = optionsOf({ chance: chanceOf(fraction) })
    await retry(failing(1).work, options)
    expect(waits).toEqual([expect.closeTo(expected)])
  })

  it('throws at once what cannot be retried', async () => {
    const seen: unknown[] = []
    const isRetryable = (error: unknown): boolean => {
      seen.push(error)
      return false
    }
    const { work, state } = failing(1)
    await expect(retry(work, optionsOf({ isRetryable }).options)).rejects.toThrow('failure 1')
    expect(state.calls).toBe(1)
    expect(seen).toEqual([new Error('failure 1')])
  })

  it('does not begin when it is aborted before', async () => {
    const { work, state } = failing(0)
    await expect(retry(work, optionsOf({ signal: AbortSignal.abort('no') }).options)).rejects.toBe('no')
    expect(state.calls).toBe(0)
  })

  it('throws the failure, not the abort, of work that failed after it was aborted', async () => {
    const control = new AbortController()
    const work = async (): Promise<void> => {
      control.abort('no')
      throw new Error('stopped half-way')
    }
    const { options, waits } = optionsOf({ signal: control.signal })
    await expect(retry(work, options)).rejects.toThrow('stopped half-way')
    expect(waits).toEqual([])
  })

  it('does not begin again when it is aborted while it waits, and hands the signal to the wait', async () => {
    const control = new AbortController()
    const { work, state } = failing(1)
    const wait: RetryOptions['wait'] = async (_, { signal }) => {
      expect(signal).toBe(control.signal)
      control.abort('no')
    }
    await expect(retry(work, optionsOf({ signal: control.signal, wait }).options)).rejects.toBe('no')
    expect(state.calls).toBe(1)
  })

  it('waits by the real clock and chance when given none', async () => {
    const { work } = failing(2)
    const options = { attempts: 3, firstDelay: 1, longestDelay: 1, isRetryable: () => true }
    expect(await retry(work, options)).toBe(3)
  })
})

describe('waitBeforeRetry', () => {
  it('waits as the attempt that failed demands, or throws its failure', async () => {
    const { options, waits } = optionsOf({ attempts: 3 })
    const failure = new Error('failure')
    await waitBeforeRetry(failure, 2, options)
    expect(waits).toEqual([200])
    await expect(waitBeforeRetry(failure, 3, options)).rejects.toBe(failure)
  })
})
