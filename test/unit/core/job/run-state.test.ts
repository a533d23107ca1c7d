import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import {
  ACTIVE_STATES,
  isEnd,
  nextState,
  PENDING_STATES,
  RUN_EVENTS,
  RUN_STATES,
  type RunState,
} from '../../../../core/job/index.ts'

const going = RUN_STATES.filter((state) => !isEnd(state))

/** What the design says: which state follows a state and an event, by both names. */
function tableOfDesign(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const text = readFileSync(new URL('../../../../core/DESIGN.md', import.meta.url), 'utf8')
  const section = text.slice(text.indexOf('## The states of a run'))
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((field) => field.trim().replaceAll('`', '').replaceAll('_', '')),
  )
  const table = new Map<string, Map<string, string>>()
  for (const [state = '', ...fields] of rows) {
    if (table.has(state) || !(RUN_STATES as readonly string[]).includes(state)) break
    table.set(state, new Map(head.slice(1).map((event, index) => [event, fields[index] ?? ''])))
  }
  return table
}

function reached(from: RunState): Set<RunState> {
  const found = new Set<RunState>([from])
  for (const state of found)
    for (const event of RUN_EVENTS) {
      const next = nextState(state, event)
      if (next) found.add(next)
    }
  return found
}

describe('the states of a run', () => {
  it('follow each other as the design says, and not otherwise', () => {
    const design = tableOfDesign()
    expect([...design.keys()]).toEqual(going)
    for (const state of RUN_STATES) {
      for (const event of RUN_EVENTS) {
        const said = design.get(state)?.get(event) ?? ''
        expect([state, event, nextState(state, event) ?? '']).toEqual([state, event, said])
      }
    }
    // Nothing is said of events that there are not.
    for (const events of design.values()) expect([...events.keys()].toSorted()).toEqual([...RUN_EVENTS].toSorted())
  })

  it('are left by nothing where they are ends', () => {
    const ends = RUN_STATES.filter(isEnd)
    expect(ends).toEqual(['succeeded', 'warning', 'failed', 'cancelled', 'skipped', 'expired'])
    for (const state of ends)
      for (const event of RUN_EVENTS) expect([state, event, nextState(state, event)]).toEqual([state, event, undefined])
  })

  it('all lead to an end, and are all reached from the first', () => {
    expect([...reached('queued')].toSorted()).toEqual([...RUN_STATES].toSorted())
    for (const state of going) expect([state, [...reached(state)].some(isEnd)]).toEqual([state, true])
  })

  it('can be stopped by a person, all that are no ends', () => {
    for (const state of going) expect([state, nextState(state, 'cancel')]).not.toEqual([state, undefined])
  })

  it('are those of runs that may begin, that go on, or that are looked into', () => {
    expect([...PENDING_STATES, ...ACTIVE_STATES, 'interrupted'].toSorted()).toEqual([...going].toSorted())
    for (const event of RUN_EVENTS)
      for (const state of RUN_STATES)
        if (nextState(state, event) === 'running')
          expect([event, PENDING_STATES]).toEqual(['begin', expect.arrayContaining([state])])
  })
})
