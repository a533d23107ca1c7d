import { z } from 'zod'

/** What a run wants beside what its backup set says, as its row keeps it. */
export const Wanted = {
  backup: z.object({}),
  restore: z.object({
    pointId: z.string(),
    snapshotId: z.string(),
    paths: z.array(z.string()),
    target: z.string(),
    overwrite: z.enum(['always', 'if-changed', 'if-newer', 'never']),
    verify: z.boolean(),
  }),
  /** `points`: these, whatever their policy says. */
  forget: z.object({ isConfirmed: z.boolean().default(false), points: z.array(z.string()).optional() }),
  prune: z.object({ isConfirmed: z.boolean().default(false) }),
  check: z.object({ readData: z.boolean().default(false) }),
  verify: z.object({}),
  'catalog-backup': z.object({}),
  sync: z.object({ isLimited: z.boolean().default(true) }),
  'cache-build': z.object({ takeOver: z.boolean().default(false) }),
  'cache-tidy': z.object({ isWanted: z.boolean().default(false) }),
  'cache-audit': z.object({}),
  'cache-detach': z.object({}),
} as const

export type WantedKind = keyof typeof Wanted
