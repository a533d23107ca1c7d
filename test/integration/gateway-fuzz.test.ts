import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { documentedOperations, requestArbitrary } from '../support/documented-requests.ts'
import { expectError, openTestDoor, type TestDoor } from '../support/door.ts'
import { createRecordingAppliance } from '../support/recording-appliance.ts'

/** Of each operation, drawn by the seed. */
const CASES = Number(process.env['HOLDFAST_CASES'] ?? 20)
describe('whatever a program sends that has read the OpenAPI document', () => {
  const appliance = createRecordingAppliance()
  appliance.download = (wanted, call) => {
    appliance.reached.push({ name: 'points.download', input: wanted, call })
    return Promise.reject(new CoreError('object/conflict', 'It was reached.'))
  }
  let at: TestDoor

  beforeAll(async () => {
    at = await openTestDoor({ appliance })
  })
  afterAll(() => at.door.close({ within: 100 }))
  afterEach(() => {
    appliance.reached.length = 0
    appliance.audit.length = 0
  })

  it.each(documentedOperations)(
    'to $name is answered by the appliance, or in the shape of all errors',
    async (each) => {
      const { name, path, method, operation } = each
      const headers = { authorization: 'Bearer administrator' }
      await fc.assert(
        fc.asyncProperty(requestArbitrary(path, method, operation), async (request) => {
          const before = appliance.reached.length
          const answer = await at.send({
            ...request,
            headers: {
              ...headers,
              ...(request.body !== undefined && { 'content-type': 'application/json' }),
            },
          })
          const isReached = appliance.reached.length > before
          if (isReached) expectError(answer, 'CONFLICT')
          else {
            expect(['BAD_INPUT', 'NOT_FOUND', 'TOO_LARGE']).toContain(answer.body.code)
            expectError(answer, answer.body.code ?? '')
          }
        }),
        { numRuns: CASES },
      )
      expect(at.said).toEqual([])
      // Otherwise it would be proved of nothing but refusals.
      expect(appliance.reached.filter((reached) => reached.name === name).length).toBeGreaterThan(CASES / 10)
      expect([appliance.reached.every((reached) => reached.name === name), name]).toEqual([true, name])
      expect(Object.keys(Object.prototype)).toEqual([])
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    },
  )
})
