import type { Migration } from 'kysely/migration'

import { up as first } from './0001-first.ts'
import { up as frequentQuestions } from './0002-frequent-questions.ts'
import { up as tracedRuns } from './0003-traced-runs.ts'
import { up as damageFound } from './0004-damage-found.ts'
import { up as kitExportedBy } from './0005-kit-exported-by.ts'
import { up as vaultAccess } from './0006-vault-access.ts'
import { up as cache } from './0007-cache.ts'
import { up as agent } from './0008-agent.ts'

export type Migrations = Readonly<Record<string, Migration>>

/** In the order of their names. Forward only: a catalog is never changed back, it is put back from a copy. */
export const MIGRATIONS: Migrations = {
  '0001-first': { up: first },
  '0002-frequent-questions': { up: frequentQuestions },
  '0003-traced-runs': { up: tracedRuns },
  '0004-damage-found': { up: damageFound },
  '0005-kit-exported-by': { up: kitExportedBy },
  '0006-vault-access': { up: vaultAccess },
  '0007-cache': { up: cache },
  '0008-agent': { up: agent },
}
