import type { RetentionDecision } from '../../../core/contract/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

type Reason = RetentionDecision['reasons'][number]

/** Why a point is kept, in words. */
export function reasonText({ rule, period }: Pick<Reason, 'rule' | 'period'>, { t }: Pick<Text, 't'>): string {
  return t(`policy.reason.${rule}`, { period: period ?? '' })
}

/** How many are kept by each rule; a point that several rules keep counts for each of them. */
export function countByRule(decisions: readonly Pick<RetentionDecision, 'reasons'>[]): Map<Reason['rule'], number> {
  const counts = new Map<Reason['rule'], number>()
  for (const { reasons } of decisions) {
    for (const rule of new Set(reasons.map((reason) => reason.rule))) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  }
  return counts
}
