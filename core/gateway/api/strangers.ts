import { RateLimiterMemory } from 'rate-limiter-flexible'

import { addressKey } from '../../base/index.ts'

/** How much of what strangers try is written down: somebody who never signs in must not fill the catalog's disk. */
export interface Strangers {
  /** Whether one more attempt from there is to be written down. */
  mayBeRecorded(address: string): Promise<boolean>
}

/** In an hour. A whole office that mistypes its passwords is below it. */
const MOST_OF_ADDRESS = 60
/** Of all addresses together it is so many times that. */
const ADDRESSES = 5
const HOUR_SECONDS = 3600

/** `most` of one address in an hour. `onTooMany` is told when attempts of an address begin to be left out, and not again for an hour. */
export function createStrangers({
  most = MOST_OF_ADDRESS,
  onTooMany,
}: {
  readonly most?: number | undefined
  readonly onTooMany: (address: string) => void
}): Strangers {
  const ofAddress = new RateLimiterMemory({ points: most, duration: HOUR_SECONDS })
  const ofAll = new RateLimiterMemory({ points: most * ADDRESSES, duration: HOUR_SECONDS })
  const told = new RateLimiterMemory({ points: 1, duration: HOUR_SECONDS })
  return {
    async mayBeRecorded(address) {
      const key = addressKey(address)
      const isWithin = (await isTaken(ofAddress, key)) && (await isTaken(ofAll, 'all'))
      if (!isWithin && (await isTaken(told, key))) onTooMany(address)
      return isWithin
    },
  }
}

function isTaken(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  )
}
