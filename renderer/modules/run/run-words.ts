import type { Run, RunState, RunStep } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'
import type { Tone } from '../../ui/tone.ts'

const TONES: Readonly<Record<RunState, Tone>> = {
  queued: 'quiet',
  waiting: 'quiet',
  running: 'active',
  cancelling: 'active',
  succeeded: 'good',
  warning: 'warning',
  failed: 'bad',
  cancelled: 'quiet',
  interrupted: 'warning',
  skipped: 'quiet',
  expired: 'warning',
}

export function toneOfState(state: RunState): Tone {
  return TONES[state]
}

const STEP_TONES: Readonly<Record<RunStep['state'], Tone>> = {
  running: 'active',
  done: 'good',
  warning: 'warning',
  failed: 'bad',
  stopped: 'quiet',
}

export function toneOfStep(state: RunStep['state']): Tone {
  return STEP_TONES[state]
}

/**
 * Why it is in its state. Texts with figures come from the appliance, as it has them, in English: in other languages it is
 * said first what kind of thing it is. Others are translated.
 */
export function causeOf(
  { cause: { code, text } }: Pick<Run, 'cause'>,
  { known, language }: Pick<Text, 'known' | 'language'>,
): string {
  const whole = known('run.cause', code)
  if (whole !== undefined) return whole
  const kind = language.value === 'en' ? undefined : (known('run.causeKind', code) ?? known('problem.reason', code))
  return kind === undefined ? text : `${kind}: ${text}`
}

/** What a run is about, in a few words. */
export function subjectOf(run: Pick<Run, 'set' | 'vault'>, { t }: Pick<Text, 't'>): string {
  return run.set?.name ?? t('run.ofVault', { name: run.vault.name })
}

const BYTES = new Set([
  'bytesProcessed',
  'bytesAdded',
  'bytesStored',
  'bytesRestored',
  'bytesFreed',
  'bytesSent',
  'bytesLeft',
  'bytesEvicted',
])

/** What a run did, in the order of the contract. What it does not have is left out. */
export function resultFacts(
  run: Pick<Run, 'result'>,
  { known }: Pick<Text, 'known'>,
  format: Pick<Format, 'bytes' | 'number'>,
): { key: string; label: string; value: string }[] {
  return Object.entries(run.result ?? {}).flatMap(([key, value]) => {
    const label = known('run.result', key)
    if (typeof value !== 'number' || label === undefined) return []
    return [{ key, label, value: BYTES.has(key) ? format.bytes(value) : format.number(value) }]
  })
}
