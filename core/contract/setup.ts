import { z } from 'zod'

import { operation } from './common/operation.ts'
import { NewPassword, SignedIn, UserName } from './session.ts'

/** The first start of an appliance: it prints a link that works once, and makes the first administrator. */
export const setup = {
  get: operation('anyone')
    .route({
      method: 'GET',
      path: '/setup',
      summary: 'Whether the first administrator is still to be made',
      tags: ['Setup'],
    })
    .output(z.object({ isNeeded: z.boolean() })),
  begin: operation('anyone', { isAudited: true })
    .route({ method: 'POST', path: '/setup', summary: 'Make the first administrator', tags: ['Setup'] })
    .input(z.strictObject({ token: z.string().min(1).max(200), name: UserName, password: NewPassword }))
    .output(SignedIn),
}
