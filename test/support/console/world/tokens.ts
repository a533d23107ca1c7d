import type { Token } from '../../../../core/contract/index.ts'
import { DAY, idOf, instantAt, MINUTE, NOW } from './ids.ts'

export function makeTokens(): Token[] {
  const base = { user: 'admin', createdAt: instantAt(NOW - 120 * DAY) }
  return [
    {
      ...base,
      id: idOf(10, 3),
      name: 'Monitoring (Prometheus)',
      access: ['view'],
      expiresAt: instantAt(NOW + 245 * DAY),
      lastSeenAt: instantAt(NOW - MINUTE),
    },
    {
      ...base,
      id: idOf(10, 2),
      name: 'holdfast on ops-laptop-7',
      user: 'm.weber',
      access: ['own', 'view', 'browse', 'restore', 'operate'],
      expiresAt: null,
      lastSeenAt: instantAt(NOW - 9 * DAY),
    },
    {
      ...base,
      id: idOf(10, 1),
      name: 'Migration script, September',
      access: ['view', 'browse', 'configure'],
      expiresAt: instantAt(Date.parse('2026-10-01T00:00:00.000Z')),
      lastSeenAt: null,
    },
  ]
}
