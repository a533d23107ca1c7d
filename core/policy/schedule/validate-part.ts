import { CoreError } from '../../base/index.ts'

/** Throws `input/invalid` unless a part of a policy is as it must be. */
export function provePart(
  isRight: boolean,
  field: string,
  message: string,
  { remedy }: { readonly remedy: string },
): void {
  if (isRight) return
  throw new CoreError('input/invalid', message, { safety: 'Nothing was changed.', remedy, context: { field } })
}

export function wholeFrom(least: number, value: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

export function proveTime(time: string, field: string): void {
  provePart(/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time), field, `There is no time of day ${JSON.stringify(time)}.`, {
    remedy: 'Give a time such as 22:00.',
  })
}

export function proveWeekdays(weekdays: readonly number[], field: string, ofNone: string): void {
  provePart(weekdays.length > 0, field, ofNone, { remedy: 'Choose at least one day.' })
  const wrong = weekdays.find((day) => !wholeFrom(1, day, 7))
  provePart(wrong === undefined, field, `There is no weekday ${wrong}.`, {
    remedy: 'Weekdays count from 1, Monday, to 7, Sunday.',
  })
}
