import type { RetentionDecision } from '../../../core/contract/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

type Reason = RetentionDecision['reasons'][number]

/** Why a point is kept, in words. */
export function reasonText({ rule, period }: Pick<Reason, 'rule' | 'period'>, { t }: Pick<Text, 't'>): string {
  return t(`policy.reason.${rule}`, { period: period ?? '' })
}
