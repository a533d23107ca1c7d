import type { WantedAlert } from '../alert.ts'
import type { AlertFacts } from '../facts.ts'
import { formatMoment, sentence } from '../words.ts'
import { makeAlert } from './make-alert.ts'

/** `delivery-failed`: an error, as all other alerts may be missed by it. Its object's id is the channel. */
export function deliveryAlerts({ deliveryProblems, settings }: AlertFacts): WantedAlert[] {
  return deliveryProblems.map(({ channel, since, error }) =>
    makeAlert({
      kind: 'delivery-failed',
      severity: 'error',
      object: { type: 'appliance', id: channel, name: channel === 'mail' ? 'mail' : 'the webhook' },
      message:
        `Alerts do not arrive by ${channel === 'mail' ? 'mail' : 'the webhook'} since ${formatMoment(since, settings.timeZone)}: ${sentence(error)} ` +
        'Backups are not affected, but nobody is told that way when one fails.',
      remedy: 'Open the delivery of alerts in the console, correct what is wrong, and send a test.',
    }),
  )
}
