import { computed, type ComputedRef } from 'vue'

import { useFormat } from '../../shared/format/index.ts'
import { useText } from '../../shared/i18n/index.ts'
import type { SummaryWords } from './policy-summary.ts'

/** Words in the language of the person who looks. */
export function useSummaryWords(): ComputedRef<SummaryWords> {
  const { t, language } = useText()
  const { rate, duration } = useFormat()
  return computed(() => ({ t, locale: language.value, rate, duration }))
}
