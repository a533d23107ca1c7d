import type { Protection } from '../../../core/contract/index.ts'
import type { Tone } from '../../ui/tone.ts'

export const PROTECTION_TONES: Readonly<Record<Protection, Tone>> = {
  protected: 'good',
  late: 'bad',
  warning: 'warning',
  failed: 'bad',
  never: 'bad',
  disabled: 'quiet',
}

/** The worst first, then by name, as people look for them. */
export const PROTECTION_ORDER: readonly Protection[] = ['failed', 'never', 'late', 'warning', 'disabled', 'protected']
