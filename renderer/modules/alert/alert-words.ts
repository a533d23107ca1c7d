import type { RouteLocationRaw, Router } from 'vue-router'

import type { Alert } from '../../../core/contract/index.ts'
import type { Tone } from '../../ui/tone.ts'

const TONES: Readonly<Record<Alert['severity'], Tone>> = { error: 'bad', warning: 'warning', hint: 'quiet' }

export function toneOfSeverity(severity: Alert['severity']): Tone {
  return TONES[severity]
}

/** The page of what it is about, where there is one. */
export function pageOfObject({ object }: Alert, router: Pick<Router, 'hasRoute'>): RouteLocationRaw | undefined {
  return object.type !== 'appliance' && router.hasRoute(object.type)
    ? { name: object.type, params: { id: object.id } }
    : undefined
}
