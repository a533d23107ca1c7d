import { describe, expect, it } from 'vitest'

import type { LiveEvent } from '../../../../core/contract/index.ts'
import { delayBefore, followEvents, type LiveSource } from '../../../../renderer/client/live-feed.ts'

const changed = (id: string): LiveEvent => ({ type: 'changed', kind: 'set', id })

/** Follows a service that behaves, connection after connection, as the script says. */
function scene(script: readonly (Error | readonly { id?: string; event: LiveEvent }[] | 'silent')[]) {
  const stop = new AbortController()
  const asked: (string | undefined)[] = []
  const events: LiveEvent[] = []
  const states: string[] = []
  const waits: number[] = []
  let isThere = true

  const open: LiveSource = async (after, { signal }) => {
    asked.push(after)
    const part = script[asked.length - 1]
    if (part === undefined) {
      stop.abort()
      throw new Error('the script is over')
    }
    if (part instanceof Error) throw part
    return (async function* tell() {
      if (part === 'silent')
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      else for (const { id, event } of part) yield { id, event }
    })()
  }
  const run = (): Promise<void> =>
    followEvents(
      {
        open,
        probe: async () => {
          if (!isThere) throw new Error('nobody answers')
        },
        onEvent: (event) => events.push(event),
        onState: (state) => states.push(state),
        isFinal: (error) => error instanceof Error && error.message === 'signed out',
        wait: async (milliseconds, { signal }) => {
          signal.throwIfAborted()
          waits.push(milliseconds)
          await new Promise((resolve) => setImmediate(resolve))
          signal.throwIfAborted()
        },
        chance: () => 1,
      },
      { signal: stop.signal },
    )
  return { run, asked, events, states, waits, leave: () => (isThere = false) }
}

describe('following what happens', () => {
  it('goes on behind the last event after the connection broke', async () => {
    const { run, asked, events } = scene([
      [
        { id: '7', event: changed('a') },
        { id: '8', event: changed('b') },
      ],
      new Error('refused'),
      [{ id: '9', event: changed('c') }],
    ])
    await run()
    expect(asked).toEqual([undefined, '8', '8', '9'])
    expect(events).toEqual([changed('a'), changed('b'), changed('c')])
  })

  it('asks for everything again where it broke before anything was heard', async () => {
    const { run, events } = scene([[], [{ id: '1', event: changed('a') }]])
    await run()
    expect(events).toEqual([{ type: 'resync' }, changed('a')])
  })

  it('is reconnecting at first, and lost after some ten seconds', async () => {
    const failure = new Error('refused')
    const { run, states, waits } = scene([[], failure, failure, failure, failure, []])
    await run()
    expect(states.slice(0, 8)).toEqual([
      'connecting',
      'connected',
      'reconnecting',
      'reconnecting',
      'reconnecting',
      'reconnecting',
      'lost',
      'connected',
    ])
    expect(waits.filter((wait) => wait !== 20_000).slice(0, 5)).toEqual([500, 1000, 2000, 4000, 8000])
  })

  it('takes a silent connection for broken where the appliance does not answer', async () => {
    const { run, asked, leave, states } = scene(['silent', [{ id: '1', event: changed('a') }]])
    leave()
    await run()
    expect(asked.length).toBeGreaterThan(1)
    expect(states.slice(0, 4)).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
  })

  it('ends where nobody is signed in any more', async () => {
    const { run, asked } = scene([new Error('signed out'), []])
    await run()
    expect(asked).toEqual([undefined])
  })

  it('waits no longer than 15 seconds, and leaves up to half of it to chance', () => {
    expect(delayBefore(20, 1)).toBe(15_000)
    expect(delayBefore(20, 0)).toBe(7500)
    expect(delayBefore(1, 0)).toBe(250)
  })
})
