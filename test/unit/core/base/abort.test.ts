import { getEventListeners } from 'node:events'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { sleep } from '../../../../core/base/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('sleep', () => {
  it('resolves when the time is over, not before', async () => {
    let isOver = false
    const sleeping = sleep(1000).then(() => (isOver = true))
    await vi.advanceTimersByTimeAsync(999)
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(isOver).toBe(true)
    await sleeping
  })

  it('rejects with the reason when it is aborted, and leaves no timer', async () => {
    const control = new AbortController()
    const sleeping = sleep(1000, { signal: control.signal })
    expect(vi.getTimerCount()).toBe(1)
    const reason = { anything: 'at all' }
    control.abort(reason)
    await expect(sleeping).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not begin when it is aborted before', async () => {
    await expect(sleep(1000, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController()
    const sleeping = sleep(1000, { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1000)
    await sleeping
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
