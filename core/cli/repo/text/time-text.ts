import { formatTime } from '../../../snapshot/index.ts'

const SECOND = 1_000_000_000n
const MILLISECOND = 1_000_000n
/** Entries of one folder were often made within the same seconds. */
const KEPT = 4096
/** 9999-12-31T00:00:00Z: RFC 3339 has no year of five digits. */
const YEAR_9999 = 253_402_214_400_000

/** Writes many times, as few of them as there are seconds are computed. */
export interface TimeText {
  /** `2026-11-20T22:00:00.123456789Z`, as restic writes it in UTC. */
  utc(ns: bigint): string
  /** `2026-11-20 22:00:00` in the zone of this computer; in UTC on the first and last days that there are. */
  local(ns: bigint): string
}

export function createTimeText(): TimeText {
  // Swedish writes times as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' })
  const utcSeconds = remember((ns) => formatTime({ ns, offsetMinutes: 0 }).slice(0, -1))
  const localSeconds = remember((ns) => {
    const milliseconds = Number(ns / MILLISECOND)
    const utc = utcSeconds(ns)
    const isInRange = milliseconds >= YEAR_ONE && milliseconds <= YEAR_9999
    return isInRange ? format.format(milliseconds) : `${utc.slice(0, 10)} ${utc.slice(11, 19)}`
  })
  return {
    utc(ns) {
      const nanos = ((ns % SECOND) + SECOND) % SECOND
      const seconds = utcSeconds(ns - nanos)
      if (nanos === 0n) return `${seconds}Z`
      const digits = nanos.toString().padStart(9, '0')
      let end = 9
      while (digits.charCodeAt(end - 1) === ZERO) end--
      return `${seconds}.${digits.slice(0, end)}Z`
    },
    local: (ns) => localSeconds(ns - (((ns % SECOND) + SECOND) % SECOND)),
  }
}

const ZERO = 0x30
/** 0001-01-02T00:00:00Z: earlier ones could be shown as before Christ. */
const YEAR_ONE = -62_135_510_400_000

function remember(render: (ns: bigint) => string): (ns: bigint) => string {
  const texts = new Map<bigint, string>()
  return (ns) => {
    let text = texts.get(ns)
    if (text !== undefined) return text
    if (texts.size >= KEPT) texts.clear()
    text = render(ns)
    texts.set(ns, text)
    return text
  }
}
