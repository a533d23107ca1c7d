import type { Chance } from './chance.ts'
import type { Clock } from './clock.ts'

/**
 * A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then chance. Ids of one source sort by when they were drawn,
 * but for those of the same millisecond and for clocks that were set back.
 */
export function newId(clock: Clock, chance: Chance): string {
  const bytes = chance.fill(Buffer.alloc(16))
  bytes.writeUIntBE(Math.max(0, Math.floor(clock.now())), 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
