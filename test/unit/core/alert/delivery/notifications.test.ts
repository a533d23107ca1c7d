import { describe, expect, it } from 'vitest'

import {
  deliveriesDue,
  deliveryProblems,
  type DeliverySettings,
  nextDeliveryAt,
  type Notification,
  owedNotifications,
} from '../../../../../core/alert/index.ts'
import { HOUR, NOW, someAlert } from '../../../../support/alert-facts.ts'

const MINUTE = 60_000
const SETTINGS: DeliverySettings = {
  mail: { host: 'mail', port: 25, security: 'none', user: null, from: 'a@b.test', to: ['c@b.test'] },
  webhook: { url: 'https://hook.test/' },
  leastSeverity: 'warning',
}

function row(more: Partial<Notification> = {}): Notification {
  return {
    alertId: 'alert-1',
    raise: 1,
    event: 'raised',
    channel: 'mail',
    state: 'pending',
    attempts: 0,
    createdAt: NOW,
    nextAt: NOW + MINUTE,
    triedAt: null,
    lastError: null,
    ...more,
  }
}

function owed(
  changes: Partial<Parameters<typeof owedNotifications>[0]>,
  existing: readonly Notification[] = [],
): string[] {
  return owedNotifications({ raised: [], cleared: [], ...changes }, existing, SETTINGS, NOW).map(
    ({ alertId, raise, event, channel, state }) => `${state} ${alertId} ${raise} ${event} ${channel}`,
  )
}

const delivered = row({ state: 'delivered', attempts: 1, triedAt: NOW })

const failed = (more: Partial<Notification> = {}): Notification =>
  row({ attempts: 2, triedAt: NOW + HOUR, lastError: 'refused', ...more })

describe('what is to be told', () => {
  it('a raise is told by each channel that is set up', () => {
    expect(owed({ raised: [someAlert()] })).toEqual([
      'pending alert-1 1 raised mail',
      'pending alert-1 1 raised webhook',
    ])
  })

  it('a raise for which there is a row already is not told again', () => {
    expect(owed({ raised: [someAlert()] }, [delivered])).toEqual(['pending alert-1 1 raised webhook'])
  })

  it('what is less severe than asked for is not told', () => {
    expect(owed({ raised: [someAlert({ severity: 'hint' })] })).toEqual([])
  })

  it('that a channel fails is told by the other one alone', () => {
    const object = { type: 'appliance', id: 'mail', name: 'mail' } as const
    expect(owed({ raised: [someAlert({ kind: 'delivery-failed', object })] })).toEqual([
      'pending alert-1 1 raised webhook',
    ])
  })

  it('one that became worse is told again, and what was not told of it before is dropped', () => {
    expect(owed({ raised: [someAlert({ raise: 2 })] }, [row(), { ...delivered, channel: 'webhook' }])).toEqual([
      'dropped alert-1 1 raised mail',
      'pending alert-1 2 raised mail',
      'pending alert-1 2 raised webhook',
    ])
  })

  it('an end is told where the raise was; a raise that was not told is dropped', () => {
    expect(owed({ cleared: [someAlert()] }, [delivered, row({ channel: 'webhook' })])).toEqual([
      'dropped alert-1 1 raised webhook',
      'pending alert-1 1 over mail',
    ])
  })

  it('an end is told once', () => {
    const over = row({ event: 'over', state: 'delivered' })
    expect(owed({ cleared: [someAlert()] }, [delivered, over])).toEqual([])
  })
})

describe('when it is sent', () => {
  it('nothing goes before a minute has passed, and then all of that minute goes as one message', () => {
    const rows = [row(), row({ alertId: 'alert-2', createdAt: NOW + MINUTE - 1, nextAt: NOW + 2 * MINUTE - 1 })]
    expect(deliveriesDue(rows, NOW + MINUTE - 1)).toEqual([])
    expect(deliveriesDue(rows, NOW + MINUTE)).toEqual([{ channel: 'mail', rows }])
    expect(nextDeliveryAt(rows)).toBe(NOW + MINUTE)
  })

  it('each channel has a message of its own, and only what is pending is sent', () => {
    const hook = row({ channel: 'webhook' })
    const rows = [
      row(),
      hook,
      delivered,
      row({ alertId: 'x', state: 'given-up' }),
      row({ alertId: 'y', state: 'dropped' }),
    ]
    expect(deliveriesDue(rows, NOW + MINUTE)).toEqual([
      { channel: 'mail', rows: [rows[0]] },
      { channel: 'webhook', rows: [hook] },
    ])
    expect(nextDeliveryAt([delivered])).toBeUndefined()
  })

  it('where a channel failed, new alerts wait for its next try', () => {
    const tried = row({ attempts: 3, nextAt: NOW + 10 * MINUTE })
    const fresh = row({ alertId: 'alert-2' })
    expect(deliveriesDue([tried, fresh], NOW + 5 * MINUTE)).toEqual([])
    expect(deliveriesDue([tried, fresh], NOW + 10 * MINUTE)).toEqual([{ channel: 'mail', rows: [tried, fresh] }])
  })

  it('a message has at most a hundred alerts; the oldest go first', () => {
    const rows = Array.from({ length: 150 }, (_, at) => row({ alertId: `${at}`, createdAt: NOW - at }))
    const [first] = deliveriesDue(rows, NOW + MINUTE)
    expect(first?.rows).toHaveLength(100)
    expect(first?.rows[0]?.alertId).toBe('149')
  })
})

describe('channels that do not deliver', () => {
  const problem = { channel: 'mail', since: NOW, error: 'refused' }

  it.each<[string, readonly Notification[], readonly object[]]>([
    ['one that failed twice is told', [failed()], [problem]],
    ['one failure may pass', [failed({ attempts: 1 })], []],
    ['one that was given up is told', [failed({ state: 'given-up' })], [problem]],
    ['one that delivered since is not', [failed({ state: 'given-up' }), { ...delivered, triedAt: NOW + 2 * HOUR }], []],
    ['one that delivered before is', [delivered, failed()], [problem]],
    ['one that reached not everybody is told', [failed({ state: 'delivered', attempts: 1 })], [problem]],
    ['one whose alert was over meanwhile is told', [failed({ state: 'dropped' })], [problem]],
  ])('%s', (_, rows, problems) => {
    expect(deliveryProblems(rows, SETTINGS)).toEqual(problems)
  })

  it('a test that arrived, and a channel that was removed, end it', () => {
    expect(deliveryProblems([failed()], SETTINGS, { mail: NOW + HOUR })).toEqual([])
    expect(deliveryProblems([failed()], { ...SETTINGS, mail: null })).toEqual([])
  })
})
