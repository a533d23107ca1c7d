import type { KeepRules, RetentionReason, RetentionRules } from '../../policy/index.ts'

/** By which rules snapshots are removed: restic's, or those that a policy of the appliance has. */
export type ForgetRules =
  | { readonly type: 'keep'; readonly rules: KeepRules }
  | {
      readonly type: 'retention'
      readonly rules: RetentionRules
      /** The zone whose days, weeks and months count. Default: for each snapshot the one that its time is written in. */
      readonly timeZone?: string | undefined
    }

/** Why a snapshot is kept: by restic's rules in restic's words. */
export type ForgetReason = { readonly rule: 'keep'; readonly words: string } | RetentionReason
