import { addressKey, type Clock, systemClock } from '../../base/index.ts'
import { createFailureCounts, type WaitRule } from './failure-counts.ts'

export interface SignInAttempt {
  /** As it was typed. */
  readonly name: string
  readonly address: string
}

export type Admission =
  | {
      readonly isAdmitted: true
      /** It was he. The failures of this name are forgotten. */
      succeed(): void
      /** The first of two factors was right. The address is not to blame; the name waits for the second. */
      succeedHalf(): void
      /** Nothing was tried after all: nobody asked whether it was right. */
      withdraw(): void
    }
  | {
      readonly isAdmitted: false
      /** Milliseconds until another attempt. */
      readonly wait: number
    }

/**
 * Makes whoever fails to sign in wait, by the name and by the address. An attempt counts as failed from its beginning, until
 * it is told otherwise: of a thousand at once, all would be let in before the first has failed. Whoever is made to wait is
 * not counted again for asking.
 */
export interface SignInThrottle {
  admit(attempt: SignInAttempt): Admission
}

const SECOND = 1000
const MINUTE = 60 * SECOND

/**
 * NIST SP 800-63B, 3.2.2, wants guessing limited. At the longest wait 288 guesses a day are left, against passwords of at
 * least ten characters; and somebody who fails on purpose by another's name keeps him out for five minutes at most.
 */
const BY_NAME: WaitRule = {
  free: 5,
  first: 2 * SECOND,
  longest: 5 * MINUTE,
  forgotten: 24 * 60 * MINUTE,
  most: 10_000,
}

/** Behind one address there may be a whole office. */
const BY_ADDRESS: WaitRule = { ...BY_NAME, free: 20, longest: 15 * MINUTE }

export function createSignInThrottle({ clock = systemClock }: { readonly clock?: Clock } = {}): SignInThrottle {
  const names = createFailureCounts(BY_NAME, clock)
  const addresses = createFailureCounts(BY_ADDRESS, clock)
  return {
    admit(attempt) {
      const name = attempt.name.trim().normalize('NFKC').toLowerCase()
      const address = addressKey(attempt.address)
      const wait = Math.max(names.waitOf(name), addresses.waitOf(address))
      if (wait > 0) return { isAdmitted: false, wait }
      names.add(name)
      addresses.add(address)
      let isOpen = true
      const settle = (ofName: number, ofAddress: number): void => {
        if (!isOpen) return
        isOpen = false
        names.take(name, ofName)
        addresses.take(address, ofAddress)
      }
      return {
        isAdmitted: true,
        // The address gets back this attempt alone: with a password of one's own nobody buys guesses at another's.
        succeed: () => settle(names.of(name), 1),
        succeedHalf: () => settle(0, 1),
        withdraw: () => settle(1, 1),
      }
    },
  }
}
