import { CoreError, localInstant, parseInstant } from '../../../base/index.ts'

const TIME =
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)\.(\d\d)\.(\d{4}))(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?(?: ?([+-]\d\d):?(\d\d)| ?(Z|UTC))?$/

/** A time as restic takes it, local where it has no zone. Nanoseconds since the epoch. Throws `input/invalid`. */
export function parseFindTime(text: string, option: string): bigint {
  const milliseconds = millisecondsOf(text)
  if (!Number.isNaN(milliseconds)) return BigInt(milliseconds) * 1_000_000n
  throw new CoreError('input/invalid', `${option} ${text} is not a time, or one that there is not.`, {
    safety: 'Nothing was changed.',
    remedy: 'Give it as 2026-11-20, or as "2026-11-20 22:00:00".',
  })
}

function millisecondsOf(text: string): number {
  const parts = TIME.exec(text)
  if (!parts) return Number.NaN
  const [, year, month, day, otherDay, otherMonth, otherYear, hour = '00', minute = '00', second = '00'] = parts
  const [hours, minutes, isUtc] = parts.slice(10)
  const date = [year ?? otherYear, month ?? otherMonth, day ?? otherDay]
  if (hours === undefined && isUtc === undefined) return localInstant([...date, hour, minute, second].map(Number))
  return parseInstant(`${date.join('-')}T${hour}:${minute}:${second}${isUtc ? 'Z' : `${hours}:${minutes}`}`)
}
