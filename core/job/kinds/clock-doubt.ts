import { CoreError, formatDuration } from '../../base/index.ts'
import type { Brake } from '../../policy/index.ts'

const AGAINST: Readonly<Record<(Brake & { kind: 'clock' })['against'], string>> = {
  'last-run': 'what the last time was',
  storage: 'that of the storage',
  'newest-point': 'the newest recovery point',
}

/** RET-22: what a run ends with that would remove something by a clock that is wrong. */
export function clockDoubt({ by, against }: Brake & { readonly kind: 'clock' }, outcome: string): CoreError {
  const off = `${formatDuration(Math.abs(by))} ${by > 0 ? 'ahead of' : 'behind'} ${AGAINST[against]}`
  return new CoreError(
    'policy/unconfirmed',
    `Stopped for a person to confirm it: the clock is ${off}, and ${outcome}.`,
    {
      safety: 'Nothing was removed.',
      remedy: 'Set the clock right and do it again. If it is right, confirm it.',
    },
  )
}
