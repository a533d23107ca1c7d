/** Why a recovery point is kept. `until` is the first moment at which the reason holds no longer: midnight, mostly. */
export type RetentionReason =
  /** It is young enough (RET-1). */
  | { readonly rule: 'daily'; readonly until: number }
  /** It is the one that stays of its week, month or year, which `period` names: `2017-W05`, `2017-02`, `2017`. */
  | { readonly rule: 'weekly' | 'monthly' | 'yearly'; readonly period: string; readonly until: number }
  /** A later point cannot be restored without it (RET-12, RET-19): the one of them that is kept longest. */
  | { readonly rule: 'needed'; readonly by: string; readonly until: number }
  /** Nothing newer is complete (RET-20). */
  | { readonly rule: 'newest-complete'; readonly until: number }
  /** Nothing newer is there (RET-9). */
  | { readonly rule: 'newest'; readonly until: number }
