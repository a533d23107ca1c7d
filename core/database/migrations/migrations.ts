import type { Migration } from 'kysely/migration'

import { up as first } from './0001-first.ts'

/** In the order of their names. Forward only: a catalog is never changed back, it is put back from a copy. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': { up: first },
}
