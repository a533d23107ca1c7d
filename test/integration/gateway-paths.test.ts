import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { type DoorAnswer, expectError, openTestDoor, type TestDoor } from '../support/door.ts'
import { type Filling, namedLikePaths, pathFields } from '../support/path-fields.ts'
import { createRecordingAppliance } from '../support/recording-appliance.ts'

const ID = '01a205da-59e0-708f-940c-807eb384f64b'
const FILLING: Filling = { pathOf: () => '/srv/plain', idOf: () => ID }

/** What no path is, of this computer or of a recovery point. */
const NO_PATHS: Readonly<Record<string, string>> = {
  'a NUL': '/srv/plain\0/etc/shadow',
  'a NUL at its end': '/srv/plain\0',
  'a path from where one is': 'etc/shadow',
  'a path upwards': '../../etc/shadow',
  'a path of another system': 'C:\\Windows\\System32',
  'a computer elsewhere (UNC)': '\\\\evil.example\\share',
  'an address': 'file:///etc/shadow',
  nothing: '',
  'a percent sign for the slash': '%2fetc%2fshadow',
}
const TOO_LONG = `/${'a'.repeat(32_768)}`

/** What is a path, though an odd one: it means what it says, and the door changes nothing of it. */
const ODD_PATHS = ['/srv/../etc', '/srv/%2e%2e/etc', '/srv/%00', '//evil.example/share', '/srv/\\\\evil', '/srv/\u202e']

describe('a path in what is sent to any operation', () => {
  const appliance = createRecordingAppliance()
  const reached: string[] = []
  let at: TestDoor

  beforeAll(async () => {
    appliance.download = ({ path }) => {
      reached.push(JSON.stringify({ path }))
      return Promise.reject(new CoreError('object/conflict', 'It was reached.'))
    }
    appliance.answer = (_name, input) => {
      reached.push(JSON.stringify(input))
      return Promise.reject(new CoreError('object/conflict', 'It was reached.'))
    }
    at = await openTestDoor({ appliance })
  })
  afterAll(() => at.door.close({ within: 100 }))
  beforeEach(() => {
    reached.length = 0
  })

  const send = (each: (typeof pathFields)[number], path: string): Promise<DoorAnswer> =>
    at.send({ ...each.request(path, FILLING), headers: at.as('administrator') })

  it('is looked at wherever a member is called like one', () => {
    expect(pathFields.map(({ name, field }) => `${name} ${field}`).toSorted()).toEqual(namedLikePaths.toSorted())
    expect(new Set(pathFields.map(({ name }) => name)).size).toBeGreaterThan(12)
  })

  it.each(pathFields)('reaches $name as $field where it is one, whatever it says', async (each) => {
    for (const path of ['/srv/plain', ...ODD_PATHS]) {
      reached.length = 0
      expectError(await send(each, path), 'CONFLICT')
      expect(reached).toEqual([expect.stringContaining(JSON.stringify(path))])
    }
  })

  it.each(pathFields)('does not reach $name as $field where it is none', async (each) => {
    for (const [what, path] of Object.entries(NO_PATHS)) {
      const answer = await send(each, path)
      expect([what, answer.body.code]).toEqual([what, 'BAD_INPUT'])
      expectError(answer, 'BAD_INPUT')
      const fields = answer.body.data?.['fields'] as readonly { readonly path: string }[]
      expect([what, fields.map(({ path: field }) => field)]).toEqual([
        what,
        expect.arrayContaining([each.field]) as unknown,
      ])
    }
    expectError(await send(each, TOO_LONG), 'BAD_INPUT')
    expect(reached).toEqual([])
  })
})
