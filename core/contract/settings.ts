import { z } from 'zod'

import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'

/** Everything has a default that works. */
export const Settings = z.strictObject({
  name: z.string().trim().min(1).max(60),
  timeZone: z.string().min(1).max(64),
  /** How many runs go at the same time, in all, and of one source and one vault. */
  mostRuns: z.int().min(1).max(64),
  mostRunsPerSource: z.int().min(1).max(64),
  mostRunsPerVault: z.int().min(1).max(64),
  /** How long logs of runs are kept. */
  logDays: z.int().min(7).max(3650),
  /** When expired points are removed and vaults are pruned and checked, each day. */
  maintenanceAt: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
  /** How long data that nothing needs stays before it is deleted. */
  pruneGraceHours: z.int().min(0).max(8760),
  pruneEveryDays: z.int().min(1).max(366),
  checkEveryDays: z.int().min(1).max(366),
  /** An alert is raised where less of a disk is free. */
  diskFreePercent: z.int().min(1).max(50),
  /** A session ends after so long without a request. */
  sessionHours: z.int().min(1).max(720),
  listen: z.strictObject({
    /** Beyond `loopback` the console is served with TLS only. Takes effect at the next start. */
    reach: z.enum(['loopback', 'network']),
    /** Names by which the console may be reached, beside those of loopback. */
    hosts: z.array(z.string().min(1).max(253)).max(50),
  }),
  vaultDoor: z.strictObject({
    /** restic clients elsewhere come in by it, with TLS always. Takes effect at the next start. */
    reach: z.enum(['off', 'loopback', 'network']),
    port: z.int().min(1).max(65_535),
  }),
})
export type Settings = z.output<typeof Settings>

/** What holds where nobody said anything else. Name and time zone are those of the computer. */
export const SETTING_DEFAULTS: Readonly<Omit<Settings, 'name' | 'timeZone'>> = {
  mostRuns: 4,
  mostRunsPerSource: 2,
  mostRunsPerVault: 4,
  logDays: 90,
  maintenanceAt: '06:00',
  pruneGraceHours: 48,
  pruneEveryDays: 7,
  checkEveryDays: 7,
  diskFreePercent: 10,
  sessionHours: 12,
  listen: { reach: 'loopback', hosts: [] },
  vaultDoor: { reach: 'off', port: 8421 },
}

export const settings = {
  get: operation('view')
    .route({ method: 'GET', path: '/settings', summary: 'All settings', tags: ['Appliance'] })
    .output(Settings),
  update: operation('administer', { isAudited: true })
    .route({ method: 'PATCH', path: '/settings', summary: 'Change settings', tags: ['Appliance'] })
    .input(Settings.partial())
    .output(Settings.extend({ needsRestart: z.boolean() })),
  about: operation('view')
    .route({ method: 'GET', path: '/about', summary: 'Version, computer and data folder', tags: ['Appliance'] })
    .output(
      z.object({
        version: z.string(),
        node: z.string(),
        platform: z.string(),
        host: z.string(),
        dataFolder: z.string(),
        startedAt: Instant,
        now: Instant,
        catalogBackedUpAt: Instant.nullable(),
        /** Settings were changed that take effect at the next start. */
        needsRestart: z.boolean(),
      }),
    ),
}
