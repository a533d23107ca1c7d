import { parseTime, ZERO_TIME, type ZonedTime } from '../json/go-time.ts'
import type { JsonScanner } from '../json/json-scanner.ts'

const ID = /^[0-9a-f]{64}$/
const WHOLE = /^(?:0|[1-9]\d{0,19})$/
export const LARGEST_UINT32 = 2 ** 32 - 1
const LARGEST_UINT64 = 2n ** 64n - 1n
const NO_TIME: ZonedTime = { ns: ZERO_TIME, offsetMinutes: 0 }

/** Some thirty are known; those of newer versions are kept. */
const MOST_FIELDS = 1000

/** In one list: as many short paths as the largest document has room for. Each takes some fifty bytes of memory more. */
const MOST_TEXTS = 2 ** 20

/** The members of one object, taken out one by one; what is left at the end is unknown. A null counts as absent. */
export class Members {
  readonly #scanner: JsonScanner
  readonly #start: number
  readonly #end: number
  readonly #found = new Map<string, { member: number; start: number; end: number }>()

  constructor(scanner: JsonScanner, at: number) {
    this.#scanner = scanner
    this.#start = scanner.space(at)
    this.#end = scanner.members(this.#start, (key, member, start, end) => {
      if (this.#found.size === MOST_FIELDS) throw scanner.damaged(member, `it has more than ${MOST_FIELDS} fields`)
      if (this.#found.has(key)) throw scanner.damaged(member, `the field ${JSON.stringify(key)} is there twice`)
      this.#found.set(key, { member, start, end })
    })
  }

  endsDocument(): void {
    const end = this.#scanner.space(this.#end)
    if (end !== this.#scanner.bytes.length) throw this.#scanner.damaged(end, 'something follows its end')
  }

  required<T>(key: string, value: T | undefined): T {
    if (value === undefined) throw this.#scanner.damaged(this.#start, `it has no ${key}`)
    return value
  }

  text(key: string): string {
    const place = this.#take(key)
    return place === undefined ? '' : this.#scanner.text(place.start, place.end)
  }

  id(key: string): string | undefined {
    const place = this.#take(key)
    if (place === undefined) return undefined
    const id = this.#scanner.text(place.start, place.end)
    if (!ID.test(id)) throw this.#scanner.damaged(place.start, `${key} is not an id of 64 hexadecimal digits`)
    return id
  }

  time(key: string): ZonedTime {
    const place = this.#take(key)
    if (place === undefined) return NO_TIME
    try {
      return parseTime(this.#scanner.text(place.start, place.end))
    } catch (error) {
      throw this.#scanner.damaged(place.start, `${key} is not a time as RFC 3339 has it`, error)
    }
  }

  texts(key: string): string[] {
    const place = this.#take(key)
    const texts: string[] = []
    if (place === undefined) return texts
    this.#scanner.elements(place.start, (start, end) => {
      if (texts.length === MOST_TEXTS) throw this.#scanner.damaged(start, `${key} has more than ${MOST_TEXTS} texts`)
      texts.push(this.#scanner.text(start, end))
    })
    return texts
  }

  uint64(key: string): bigint {
    const place = this.#take(key)
    if (place === undefined) return 0n
    const written = this.#scanner.bytes.toString('latin1', place.start, place.end)
    const value = WHOLE.test(written) ? BigInt(written) : -1n
    if (value < 0n || value > LARGEST_UINT64) throw this.#scanner.damaged(place.start, `${key} is not a whole number`)
    return value
  }

  uint32(key: string): number {
    const place = this.#found.get(key)
    const value = Number(this.uint64(key))
    if (value > LARGEST_UINT32) throw this.#scanner.damaged(place?.start ?? this.#start, `${key} is too large`)
    return value
  }

  nested(key: string): Members | undefined {
    const place = this.#take(key)
    return place && new Members(this.#scanner, place.start)
  }

  rest(): Buffer | undefined {
    if (this.#found.size === 0) return undefined
    const { bytes } = this.#scanner
    const parts = [...this.#found.values()].flatMap(({ member, end }) => [COMMA, bytes.subarray(member, end)])
    return Buffer.concat(parts.slice(1))
  }

  #take(key: string): { start: number; end: number } | undefined {
    const place = this.#found.get(key)
    this.#found.delete(key)
    return place === undefined || this.#scanner.isNull(place.start) ? undefined : place
  }
}

const COMMA = Buffer.from(',')
