import { z } from 'zod'

import { Id, Name } from './common/id.ts'
import { Instant, TimeOfDay, TimeZone, Weekday } from './common/instant.ts'
import { operation } from './common/operation.ts'

const Weekdays = z.array(Weekday).min(1, 'Choose at least one day.').max(7)

/** On which days something begins. A day of the month that a month does not have is its last one; -1 is the last of all. */
export const ScheduleDays = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('week'), weekdays: Weekdays }),
  z.strictObject({
    type: z.literal('month'),
    days: z
      .array(
        z
          .int()
          .min(-1)
          .max(31)
          .refine((day) => day !== 0, 'There is no day 0.'),
      )
      .min(1)
      .max(32),
  }),
])

/** When backups begin: at times, or again and again between two times of a day. */
export const ScheduleRule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('times'), days: ScheduleDays, times: z.array(TimeOfDay).min(1).max(48) }),
  z.strictObject({
    type: z.literal('interval'),
    days: ScheduleDays,
    everyMinutes: z.int().min(5).max(1440),
    from: TimeOfDay,
    /** `00:00` is the end of the day. */
    until: TimeOfDay,
  }),
])
export type ScheduleRule = z.output<typeof ScheduleRule>

/** So many minutes from a time on, on these days; over midnight, too. */
export const DayWindow = z.strictObject({
  weekdays: Weekdays,
  start: TimeOfDay,
  minutes: z.int().min(1).max(1440),
})

export const Schedule = z.strictObject({
  timeZone: TimeZone,
  /** Any of them. Empty: only when somebody asks for it. */
  rules: z.array(ScheduleRule).max(20),
  /** Scheduled runs begin in these windows only. Empty: at any time. */
  windows: z.array(DayWindow).max(20).default([]),
  /** What becomes of a run whose time came while the appliance was off. */
  missed: z.enum(['run-soon', 'skip']).default('run-soon'),
  /** How long a scheduled run may wait before it expires. */
  expireAfterMinutes: z
    .int()
    .min(5)
    .max(7 * 1440)
    .default(720),
})
export type Schedule = z.output<typeof Schedule>

/** RET-1 and the following: all points for some days, then one of each week, month and year. */
export const Retention = z.strictObject({
  days: z.int().min(1).max(36_500),
  weeks: z.int().min(0).max(5200),
  months: z.int().min(0).max(1200),
  years: z.int().min(0).max(100),
})
export type Retention = z.output<typeof Retention>

/** Scheduled runs store no faster than this in these windows (GEN-16). Outside of them there is no limit. */
export const BandwidthWindow = DayWindow.extend({ bytesPerSecond: z.int().min(65_536) })
export type BandwidthWindow = z.output<typeof BandwidthWindow>

export const Retries = z.strictObject({
  /** How often a run is tried in all, where what went wrong may be over later. */
  attempts: z.int().min(1).max(10),
  /** Doubled with each further attempt. */
  firstDelayMinutes: z.int().min(1).max(1440),
})

export const PolicySettings = z.strictObject({
  schedule: Schedule,
  retention: Retention,
  bandwidth: z.array(BandwidthWindow).max(20).default([]),
  retries: Retries.default({ attempts: 3, firstDelayMinutes: 5 }),
  /** An alert is raised where the newest complete point is older. Null: never. */
  rpoHours: z.int().min(1).max(8784).nullable().default(null),
  /** So many scheduled runs in a row are skipped before another proxy takes over (NAS-6). */
  skipsBeforeMove: z.int().min(1).max(100).default(3),
  /** How often is restored and compared what was backed up. Null: never. */
  verifyEveryDays: z.int().min(1).max(366).nullable().default(30),
})
export type PolicySettings = z.output<typeof PolicySettings>

export const Policy = z.object({
  id: Id,
  name: z.string(),
  settings: PolicySettings,
  createdAt: Instant,
  changedAt: Instant,
  sets: z.int(),
})
export type Policy = z.output<typeof Policy>

/** Why a point is kept, and until when. `until` is null where it is kept as long as nothing changes. */
export const RetentionReason = z.object({
  rule: z.enum(['daily', 'weekly', 'monthly', 'yearly', 'needed', 'newest-complete', 'newest']),
  /** `2017-W05`, `2017-02`, `2017`: of which week, month or year it is the last. */
  period: z.string().nullable(),
  until: Instant.nullable(),
})

export const RetentionDecision = z.object({
  /** Null for a point that a preview made up. */
  pointId: Id.nullable(),
  completedAt: Instant,
  isComplete: z.boolean(),
  isKept: z.boolean(),
  /** The first moment at which nothing speaks for it any more. Null: never, as things are. */
  until: Instant.nullable(),
  reasons: z.array(RetentionReason),
})
export type RetentionDecision = z.output<typeof RetentionDecision>

export const policies = {
  list: operation('view')
    .route({ method: 'GET', path: '/policies', summary: 'All policies', tags: ['Policies'] })
    .output(z.object({ items: z.array(Policy) })),
  get: operation('view')
    .route({ method: 'GET', path: '/policies/{id}', summary: 'One policy', tags: ['Policies'] })
    .input(z.strictObject({ id: Id }))
    .output(Policy),
  create: operation('configure', { isAudited: true })
    .route({ method: 'POST', path: '/policies', summary: 'Make a policy', tags: ['Policies'], successStatus: 201 })
    .input(z.strictObject({ name: Name, settings: PolicySettings }))
    .output(Policy),
  update: operation('configure', { isAudited: true })
    .route({ method: 'PATCH', path: '/policies/{id}', summary: 'Change a policy', tags: ['Policies'] })
    .input(
      z.strictObject({
        id: Id,
        name: Name.optional(),
        settings: PolicySettings.optional(),
        ifChangedAt: Instant.optional().describe(
          'Refused where it was changed at another time: by somebody else, since.',
        ),
      }),
    )
    .output(Policy),
  remove: operation('configure', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/policies/{id}',
      summary: 'Remove a policy that no backup set uses',
      tags: ['Policies'],
    })
    .input(z.strictObject({ id: Id }))
    .output(z.object({})),
  preview: operation('view')
    .route({
      method: 'POST',
      path: '/policies/preview',
      summary: 'What a policy would do: the next runs, and what would be kept of a year of them, or of a backup set',
      tags: ['Policies'],
    })
    .input(z.strictObject({ settings: PolicySettings, setId: Id.optional() }))
    .output(
      z.object({
        /** The next times at which a run would begin, at most 50 of them. */
        times: z.array(Instant),
        /**
         * Of the set's points, or of those that a year of this schedule would have made until now, of which the newest
         * 10,000 count: from the oldest to the newest.
         */
        decisions: z.array(RetentionDecision),
      }),
    ),
}
