import { describe, expect, it } from 'vitest'

import { contract } from '../../../../core/contract/index.ts'
import { DOWNLOAD_OPERATION } from '../../../../core/gateway/downloads.ts'
import { auditFiltersOf, auditQueryOf, dayStart } from '../../../../renderer/modules/audit/audit-filters.ts'
import { AUDITED } from '../../../../renderer/modules/audit/audited.ts'
import { messages as german } from '../../../../renderer/shared/i18n/de/messages.ts'
import { messages as english } from '../../../../renderer/shared/i18n/en/messages.ts'

const kept = [
  DOWNLOAD_OPERATION,
  ...Object.entries(contract).flatMap(([noun, operations]) =>
    Object.entries(operations).flatMap(([verb, operation]) =>
      operation['~orpc'].meta.isAudited === true ? [`${noun}.${verb}`] : [],
    ),
  ),
]

describe('the audit', () => {
  it('can be asked for every operation that it keeps, and for no other', () => {
    expect(new Set<string>(AUDITED)).toEqual(new Set(kept))
  })

  it('names every operation that it keeps, in every language', () => {
    for (const { audit } of [english, german]) {
      const named = Object.entries(audit.operation).flatMap(([noun, verbs]) =>
        Object.entries(verbs).map(([verb, text]) => text !== '' && `${noun}.${verb}`),
      )
      expect(new Set(named)).toEqual(new Set(kept))
    }
  })
})

describe('filters of the audit in an address', () => {
  it('come back as they were', () => {
    const filters = { actor: 'ada', operation: 'runs.cancel', from: '2026-11-01', until: '2026-11-22' }
    expect(auditFiltersOf(auditQueryOf(filters))).toEqual(filters)
  })

  it('leave out days that there are not', () => {
    expect(auditQueryOf(auditFiltersOf({ from: 'yesterday', until: '2026-13-40', actor: ['a'] }))).toEqual({})
  })
})

describe('a day of the calendar', () => {
  it('begins by the clock of the appliance', () => {
    expect(dayStart('2026-11-22', 'Europe/Berlin')).toBe('2026-11-21T23:00:00.000Z')
    expect(dayStart('2026-07-01', 'Europe/Berlin')).toBe('2026-06-30T22:00:00.000Z')
    expect(dayStart('2026-11-22', 'America/New_York')).toBe('2026-11-22T05:00:00.000Z')
  })

  it('has 25 hours where clocks are set back', () => {
    const length =
      Date.parse(dayStart('2026-10-25', 'Europe/Berlin', 1)) - Date.parse(dayStart('2026-10-25', 'Europe/Berlin'))
    expect(length).toBe(25 * 3_600_000)
  })
})
