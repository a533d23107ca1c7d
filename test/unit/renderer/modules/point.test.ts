import { describe, expect, it } from 'vitest'

import { entryHeight } from '../../../../renderer/modules/point/entry-height.ts'
import {
  commonFolder,
  detailsOf,
  downloadUrl,
  parentOf,
  trailOf,
} from '../../../../renderer/modules/point/entry-words.ts'
import { boundsOf, filtersOf, queryOf } from '../../../../renderer/modules/point/point-period.ts'
import { formatBytes, formatInstant, formatInZones } from '../../../../renderer/shared/format/index.ts'

const at = (...zones: string[]) => ({
  bytes: (bytes: number | bigint) => formatBytes(bytes, 'de'),
  instant: (instant: string) => formatInstant(instant, 'de', zones[0] ?? 'UTC', 'minute'),
  zones: (instant: string) => formatInZones(instant, 'de', zones, 'minute'),
})
const plain = (text: string): string => text.replaceAll(/[\u00A0\u202F]/g, ' ')

describe('the row of an entry', () => {
  it('is one line for its name and one for its date and size (NAS-33)', () => {
    expect(entryHeight({ nameWidth: 300, room: 500, widest: 14, detailLines: 1 })).toBe(48)
  })

  it('has as many lines as a long name takes, even where no line could be filled to its end', () => {
    for (let nameWidth = 501; nameWidth < 4000; nameWidth += 13) {
      const height = entryHeight({ nameWidth, room: 500, widest: 14, detailLines: 1 })
      const lines = (height - 16 - 12) / 20
      expect(lines * (500 - 14)).toBeGreaterThanOrEqual(nameWidth)
    }
  })

  it('is of some height where there is next to no room', () => {
    expect(entryHeight({ nameWidth: 140, room: 5, widest: 14, detailLines: 1 })).toBe(10 * 20 + 16 + 12)
  })
})

describe('what is said of an entry', () => {
  const entry = { modifiedAt: '2026-11-21T16:03:22.123456789Z', size: '184320', linkTarget: null }

  it('is its date in both zones where they differ, and its size (NAS-32, NAS-33)', () => {
    expect(detailsOf(entry, at('Europe/Berlin', 'America/New_York')).map(plain)).toEqual([
      '21.11.2026, 17:03 (Europe/Berlin)',
      '21.11.2026, 11:03 (America/New_York)',
      '180 KiB',
    ])
  })

  it('is one date where both zones show the same, without a name that nobody needs', () => {
    expect(detailsOf(entry, at('Europe/Berlin', 'Europe/Paris')).map(plain)).toEqual(['21.11.2026, 17:03', '180 KiB'])
  })

  it('is exact for sizes that a number of JSON cannot hold', () => {
    const size = String(2n ** 60n)
    expect(plain(detailsOf({ ...entry, size }, at('UTC'))[1] ?? '')).toBe('1.024 PiB')
  })

  it('is where a link leads', () => {
    expect(detailsOf({ ...entry, size: null, linkTarget: '../a b' }, at('UTC')).at(-1)).toBe('→ ../a b')
  })
})

describe('paths of a recovery point', () => {
  it('are a trail of folders', () => {
    expect(trailOf('/srv/a b')).toEqual([
      { name: 'srv', path: '/srv' },
      { name: 'a b', path: '/srv/a b' },
    ])
    expect(trailOf('/')).toEqual([])
    expect([parentOf('/srv/a'), parentOf('/srv'), parentOf('/')]).toEqual(['/srv', '/', '/'])
  })

  it.each([
    [['/srv/finance'], '/srv/finance'],
    [['/srv/finance', '/srv/hr/2026'], '/srv'],
    [['/srv/finance/2025', '/srv/finance'], '/srv/finance'],
    [['/srv/fin', '/srv/finance'], '/srv'],
    [['/srv', '/home'], '/'],
    [['/'], '/'],
    [[], '/'],
  ])('begin where all that is protected lies: %j', (roots, folder) => {
    expect(commonFolder(roots)).toBe(folder)
  })

  it('go into an address as they are, whatever they hold', () => {
    const path = '/srv/100% & more?#/ü\\xe9'
    const url = new URL(downloadUrl('p1', path), 'https://console')
    expect(url.pathname).toBe('/api/v1/points/p1/download')
    expect(url.searchParams.get('path')).toBe(path)
    expect(url.hash).toBe('')
  })
})

describe('the time of recovery points', () => {
  const now = Date.parse('2026-11-22T02:07:31.000Z')

  it('ends where cold begins, at 90 days (GEN-11)', () => {
    expect(boundsOf('warm', now)).toEqual({ from: '2026-08-24T02:07:00.000Z' })
    expect(boundsOf('cold', now)).toEqual({ until: '2026-08-24T02:07:00.000Z' })
    expect(boundsOf(undefined, now)).toEqual({})
  })

  it('is in the address, and what an address says and nobody knows is left out', () => {
    const filters = { setId: 'x', period: 'week' } as const
    expect(filtersOf(queryOf(filters))).toEqual(filters)
    expect(filtersOf({ period: 'always', set: ['a', 'b'] })).toEqual({ setId: undefined, period: undefined })
  })
})
