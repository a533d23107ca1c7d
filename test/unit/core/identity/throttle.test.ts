import { describe, expect, it } from 'vitest'

import { type Admission, createSignInThrottle } from '../../../../core/identity/index.ts'
import { createFakeClock } from '../../../support/fake-clock.ts'

const MINUTE = 60_000

function scene() {
  const clock = createFakeClock()
  const throttle = createSignInThrottle({ clock })
  const admit = (name: string, address = '192.0.2.1'): Admission => throttle.admit({ name, address })
  /** Milliseconds to wait; 0: it was admitted, and failed. */
  const fail = (name: string, address?: string): number => {
    const admission = admit(name, address)
    return admission.isAdmitted ? 0 : admission.wait
  }
  const succeed = (name: string, address?: string): void => {
    const admission = admit(name, address)
    if (!admission.isAdmitted) throw new Error('not admitted')
    admission.succeed()
  }
  return { clock, admit, fail, succeed }
}

describe('whoever fails to sign in', () => {
  it('waits after five failures, and longer after each, up to five minutes', () => {
    const { clock, fail } = scene()
    for (let attempt = 0; attempt < 5; attempt++) expect(fail('anna')).toBe(0)
    const waits = []
    for (let attempt = 0; attempt < 10; attempt++) {
      // From another address each time: it is by the name.
      const wait = fail('anna', `198.51.100.${attempt}`)
      waits.push(wait / 1000)
      clock.pass(wait - 1)
      expect(fail('anna')).toBe(1)
      clock.pass(1)
      expect(fail('anna', `198.51.100.${attempt}`)).toBe(0)
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  })

  it('gains nothing by asking while he waits, and loses nothing', () => {
    const { clock, fail } = scene()
    for (let attempt = 0; attempt < 5; attempt++) fail('anna')
    for (let attempt = 0; attempt < 1000; attempt++) expect(fail('anna')).toBe(2000)
    clock.pass(2000)
    expect(fail('anna')).toBe(0)
  })

  it('gains nothing by asking a thousand times at once', () => {
    const { admit } = scene()
    const admitted = Array.from({ length: 1000 }, () => admit('anna')).filter(({ isAdmitted }) => isAdmitted)
    expect(admitted).toHaveLength(5)
  })

  it('counts against nobody else at his address where only his second factor is asked for', () => {
    const { admit, fail } = scene()
    for (let person = 0; person < 100; person++) {
      const admission = admit(`person ${person}`)
      if (!admission.isAdmitted) throw new Error(`person ${person} has to wait`)
      admission.succeedHalf()
      // And no more than once.
      admission.succeedHalf()
    }
    expect(fail('anna')).toBe(0)
  })

  it('waits, too, who knows the password alone and asks again and again', () => {
    const { admit } = scene()
    const admitted = Array.from({ length: 20 }, () => {
      const admission = admit('anna')
      if (admission.isAdmitted) admission.succeedHalf()
      return admission
    }).filter(({ isAdmitted }) => isAdmitted)
    expect(admitted).toHaveLength(5)
  })

  it('is the same by whatever letters', () => {
    const { fail } = scene()
    for (const name of ['anna', 'ANNA', ' Anna ', 'ａｎｎａ', 'aNNa']) expect(fail(name)).toBe(0)
    expect(fail('anna')).toBe(2000)
  })

  it('has it forgotten when it is he after all', () => {
    const { clock, fail, succeed } = scene()
    for (let attempt = 0; attempt < 5; attempt++) fail('anna')
    clock.pass(2000)
    succeed('anna')
    for (let attempt = 0; attempt < 5; attempt++) expect(fail('anna')).toBe(0)
    expect(fail('anna')).toBe(2000)
  })

  it('has it forgotten after a day', () => {
    const { clock, fail } = scene()
    for (let attempt = 0; attempt < 5; attempt++) fail('anna')
    clock.pass(24 * 60 * MINUTE)
    for (let attempt = 0; attempt < 5; attempt++) expect(fail('anna')).toBe(0)
  })

  it('waits after twenty failures by whatever names at one address, and others do not', () => {
    const { fail } = scene()
    for (let attempt = 0; attempt < 20; attempt++) expect(fail(`user${attempt}`)).toBe(0)
    expect(fail('another')).toBe(2000)
    expect(fail('another', '192.0.2.2')).toBe(0)
  })

  it('buys no guesses at other names with a password of his own', () => {
    const { fail, succeed } = scene()
    for (let attempt = 0; attempt < 20; attempt++) {
      fail(`user${attempt}`)
      if (attempt < 19) succeed('mallory')
    }
    expect(fail('another')).toBe(2000)
  })

  it('and whose attempt was not looked at, is as before', () => {
    const { admit, fail } = scene()
    for (let attempt = 0; attempt < 100; attempt++) {
      const admission = admit('anna')
      if (!admission.isAdmitted) expect.unreachable()
      admission.withdraw()
      // Twice is once.
      admission.withdraw()
    }
    for (let attempt = 0; attempt < 5; attempt++) expect(fail('anna')).toBe(0)
  })
})

describe('an address', () => {
  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:0DB8:1:2::1'],
    ['2001:db8::1', '2001:db8:0:0:ffff::'],
    ['::1', '0:0:0:0:9::'],
    ['fe80::1%eth0', 'fe80::2%eth1'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['64:ff9b::192.0.2.9', '64:ff9b::1'],
  ])('%s is the same place as %s', (one, other) => {
    const { fail } = scene()
    for (let attempt = 0; attempt < 20; attempt++) fail(`user${attempt}`, one)
    expect(fail('another', other)).toBe(2000)
  })

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['2001:db8::1', '2001:db9::1'],
    ['192.0.2.9', '192.0.2.10'],
    ['::ffff:192.0.2.9', '::ffff:192.0.2.10'],
  ])('%s is another place than %s', (one, other) => {
    const { fail } = scene()
    for (let attempt = 0; attempt < 20; attempt++) fail(`user${attempt}`, one)
    expect(fail('another', other)).toBe(0)
  })
})

it('a flood of names is not remembered for ever, and forgets the oldest first', () => {
  const { fail } = scene()
  for (let attempt = 0; attempt < 5; attempt++) fail('oldest', `10.0.0.${attempt}`)
  for (let attempt = 0; attempt < 5; attempt++) fail('newer', `10.0.1.${attempt}`)
  const flood = (from: number, to: number): void => {
    for (let number = from; number < to; number++)
      fail(`n${number}`, `172.${number >> 16}.${(number >> 8) & 255}.${number & 255}`)
  }
  flood(0, 9_998)
  expect(fail('oldest', '10.0.2.1')).toBe(2000)
  flood(9_998, 9_999)
  expect(fail('newer', '10.0.2.1')).toBe(2000)
  expect(fail('oldest', '10.0.2.1')).toBe(0)
})
