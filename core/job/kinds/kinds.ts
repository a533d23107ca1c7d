import type { RunKinds } from '../process/serve-run.ts'
import { auditVaultCloud } from './audit-vault-cloud.ts'
import { backUpCatalog } from './back-up-catalog.ts'
import { backUpSet } from './back-up-set.ts'
import { buildCache } from './build-cache.ts'
import { checkVault } from './check-vault.ts'
import { detachCache } from './detach-cache.ts'
import { forgetPoints } from './forget-points.ts'
import { pruneVault } from './prune-vault.ts'
import { restorePoint } from './restore-point.ts'
import { syncVault } from './sync-vault.ts'
import { tidyCache } from './tidy-cache.ts'
import { verifySample } from './verify-sample.ts'

/** What each kind of run does. */
export const KINDS: RunKinds = {
  backup: backUpSet,
  restore: restorePoint,
  forget: forgetPoints,
  prune: pruneVault,
  check: checkVault,
  verify: verifySample,
  'catalog-backup': backUpCatalog,
  sync: syncVault,
  'cache-build': buildCache,
  'cache-detach': detachCache,
  'cache-tidy': tidyCache,
  'cache-audit': auditVaultCloud,
}
