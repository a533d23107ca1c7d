import { z } from 'zod'

import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'

export const health = {
  get: operation('anyone')
    .route({
      method: 'GET',
      path: '/health',
      summary: 'Whether the appliance works: it reads and writes its catalog, and looks at its queue',
      tags: ['Appliance'],
    })
    .output(z.object({ state: z.enum(['starting', 'ready', 'stopping']), version: z.string(), now: Instant })),
}
