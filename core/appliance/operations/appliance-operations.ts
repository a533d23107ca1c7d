import { hostname } from 'node:os'

import { withEventMeta } from '@orpc/server'
import { Temporal } from 'temporal-polyfill'

import type { AuditEntry, Overview } from '../../contract/index.ts'
import { listAudit, listAlerts, openAlerts, runsInStates, setRows, vaultRows } from '../../database/index.ts'
import { ACTIVE_STATES, PENDING_STATES } from '../../job/index.ts'
import { overallState } from '../../policy/index.ts'
import type { LiveEvents } from '../live/live-events.ts'
import { alertDto } from '../present/alert-dto.ts'
import { cursorOf, isText, readCursor } from '../present/cursor.ts'
import { dayFigures } from '../present/day-figures.ts'
import { instant, instantOrNull } from '../present/instant.ts'
import { readNames } from '../present/names.ts'
import { readObjectNames } from '../present/object-names.ts'
import { runDto } from '../present/run-dto.ts'
import { describeSets } from '../present/set-dto.ts'
import { stateOfVault } from '../present/vault-state.ts'
import type { Tools } from '../tools.ts'
import { unwell } from '../upkeep/health.ts'
import { burntDown } from './burnt-down.ts'
import type { OperationsOf } from './operations.ts'

export function healthOperations({ version, clock, health }: Tools): OperationsOf<'health'> {
  return {
    async get() {
      const state = await health.check()
      if (state !== 'ready') throw unwell(state)
      return { state, version, now: instant(clock.now()) }
    },
  }
}

/** The worst first. */
const NEEDY = ['never', 'late', 'failed', 'warning'] as const

export function overviewOperations(tools: Tools): OperationsOf<'overview'> {
  const { catalog, engine, settings, clock } = tools
  return {
    async get() {
      const { rows } = catalog
      const sets = await describeSets(tools, await setRows.list(rows))
      const names = await readNames(rows)
      const going = await runsInStates(rows, [...ACTIVE_STATES, ...PENDING_STATES])
      const alerts = await listAlerts(rows, 'open', { limit: 20 })
      const open = await openAlerts(rows)
      const vaults = await vaultRows.list(rows)
      // Alerts are raised a moment later than vaults are looked at.
      // A restore that failed says nothing of what is protected.
      const isTroubled =
        open.some(({ severity, kind }) => severity === 'error' && kind !== 'restore-failed') ||
        vaults.some((vault) => stateOfVault(vault) !== 'ready')
      const protections = sets.map(({ protection }) => protection)
      const next = sets.flatMap(({ nextRunAt }) => (nextRunAt === null ? [] : [nextRunAt])).toSorted()[0]
      return {
        state: overallState(protections, isTroubled),
        sets: {
          protected: 0,
          late: 0,
          warning: 0,
          failed: 0,
          never: 0,
          disabled: 0,
          ...Object.fromEntries(
            [...new Set(protections)].map((each) => [each, protections.filter((other) => other === each).length]),
          ),
        },
        needy: NEEDY.flatMap((state) => sets.filter(({ protection }) => protection === state)).slice(0, 20),
        running: going.slice(0, 50).map((run) => runDto(run, names, engine.progressOf(run.id))),
        alerts: alerts.rows.map(alertDto),
        alertsOpen: open.length,
        nextRunAt: next ?? null,
        vaults: vaults.map(({ id, name, bytes_stored, bytes_free }) => ({
          id,
          name,
          bytesStored: bytes_stored,
          bytesFree: bytes_free,
        })),
        days: await dayFigures(rows, settings.current.timeZone, clock.now()),
      } satisfies Overview
    },
    burntDown: () => burntDown(tools),
  }
}

export function settingsOperations({
  settings,
  version,
  folder,
  startedAt,
  clock,
  catalog,
  publish,
  engine,
}: Tools): OperationsOf<'settings'> {
  const doors = (): string => JSON.stringify([settings.current.listen, settings.current.vaultDoor])
  const begun = doors()
  const needsRestart = (): boolean => doors() !== begun
  return {
    get: () => Promise.resolve(settings.current),
    async update(change) {
      const next = await settings.update(change)
      publish({ type: 'changed', kind: 'settings', id: 'settings' })
      engine.wake()
      return { ...next, needsRestart: needsRestart() }
    },
    async about() {
      const vaults = await vaultRows.list(catalog.rows)
      const backedUp = vaults.map(({ catalog_at }) => catalog_at ?? 0).reduce((a, b) => Math.max(a, b), 0)
      return {
        version,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        host: hostname(),
        dataFolder: folder.path,
        startedAt: instant(startedAt),
        now: instant(clock.now()),
        catalogBackedUpAt: backedUp === 0 ? null : instantOrNull(backedUp),
        needsRestart: needsRestart(),
      }
    },
  }
}

export function auditOperations({ catalog }: Tools): OperationsOf<'audit'> {
  return {
    async list({ limit, cursor, actor, operation, from, until }) {
      const filter = { actor, operation, from: momentOf(from), until: momentOf(until) }
      const page = await listAudit(catalog.rows, filter, { limit, after: readCursor(cursor, isText) })
      const last = page.rows.at(-1)
      const nameOf = await readObjectNames(catalog.rows)
      const names = await Promise.all(page.rows.map(({ object }) => nameOf(object)))
      const items = page.rows.map((entry, index): AuditEntry => ({
        id: entry.id,
        at: instant(entry.at),
        actor: entry.actor,
        address: entry.address,
        operation: entry.operation,
        object: entry.object,
        objectName: names[index] ?? null,
        outcome: entry.outcome,
        details: JSON.parse(entry.details) as Record<string, unknown>,
      }))
      return { items, next: page.hasMore && last ? cursorOf(last.id) : null }
    },
  }
}

/** Milliseconds since the epoch. */
function momentOf(told: string | undefined): number | undefined {
  return told === undefined ? undefined : Temporal.Instant.from(told).epochMilliseconds
}

export function eventOperations(live: LiveEvents): OperationsOf<'events'> {
  return {
    watch: (_input, { signal, lastEventId }) =>
      Promise.resolve(
        (async function* () {
          for await (const { id, event } of live.watch({ signal, lastEventId })) yield withEventMeta(event, { id })
        })(),
      ),
  }
}
