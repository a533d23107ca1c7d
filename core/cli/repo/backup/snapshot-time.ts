import { CoreError, localInstant } from '../../../base/index.ts'

/** A local time, as restic takes it. Milliseconds since the epoch. Throws `input/invalid`. */
export function parseSnapshotTime(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)$/.exec(text) ?? []
  if (year === undefined) {
    throw new CoreError('input/invalid', `--time ${text} is not a time.`, {
      safety: 'Nothing was read or stored.',
      remedy: 'Give it as 2026-11-20 22:00:00, in local time.',
    })
  }
  const time = localInstant([year, month, day, hour, minute, second].map(Number))
  if (!Number.isNaN(time)) return time
  throw new CoreError('input/invalid', `--time ${text} names a day or an hour that there is not.`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Give it as 2026-11-20 22:00:00, in local time.',
  })
}
