import type { Overview } from '../../../core/contract/index.ts'
import type { Text } from '../../shared/i18n/index.ts'
import type { Tone } from '../../ui/tone.ts'

export interface Summary {
  readonly tone: Tone
  /** The answer to "is everything protected?". */
  readonly sentence: string
  /** How many, and what else is to be known. */
  readonly details: readonly string[]
}

const TONES: Readonly<Record<Overview['state'], Tone>> = {
  empty: 'quiet',
  protected: 'good',
  attention: 'warning',
  unprotected: 'bad',
}

/** What the overview says in one sentence. Sets that are switched off are named, and count for neither side. */
export function summarise({ state, sets }: Pick<Overview, 'state' | 'sets'>, { t }: Pick<Text, 't'>): Summary {
  const total = sets.protected + sets.late + sets.warning + sets.failed + sets.never
  const counted: Readonly<Record<Overview['state'], number>> = {
    empty: 0,
    protected: sets.protected,
    attention: sets.warning,
    unprotected: sets.late + sets.failed + sets.never,
  }
  const n = counted[state]
  const isOnly = total === 1 && (state === 'attention' || state === 'unprotected')
  const isElsewhere = state === 'attention' && sets.protected === total
  const text = isElsewhere
    ? t('overview.textElsewhere')
    : isOnly
      ? t(`overview.textOnly.${state}`)
      : t(`overview.text.${state}`, { n, total })
  const details = [text]
  if (sets.disabled > 0) details.push(t('overview.disabled', { n: sets.disabled }))
  return { tone: TONES[state], sentence: t(`overview.state.${state}`), details }
}
