import { withThrottle } from '../../storage/index.ts'
import {
  type LockMode,
  openVaultStorage,
  type RepositorySession,
  type SessionNeeds,
  useRepository,
} from '../../vault/index.ts'
import type { Order } from '../process/order.ts'
import type { RunContext } from '../process/run-context.ts'
import { runKind } from '../state/run-kind.ts'
import { tellDamage } from './tell-damage.ts'

/** How long a run tries where somebody else's lock is in the way, before it fails and is tried again later. Milliseconds. */
const LOCK_PATIENCE = 120_000

/** Opens the vault of a run, as fast as the run may be, and locked as its work needs. */
export async function withVault<T>(
  { vault, kind }: Order,
  { bandwidth, signal, log }: RunContext,
  mode: LockMode,
  work: (session: RepositorySession) => Promise<T>,
  needs: SessionNeeds = {},
): Promise<T> {
  using opened = await openVaultStorage(vault, tellDamage(log))
  const { storage } = opened
  return await useRepository(
    {
      storage: runKind(kind).isThrottled ? withThrottle(storage, bandwidth) : storage,
      password: Buffer.from(vault.password),
      retryFor: LOCK_PATIENCE,
      signal,
      onLockLeft: (reason) =>
        log({
          level: 'warning',
          code: 'lock-left',
          message: `The lock of this run could not be removed: ${reason}. It is nobody's now, and the next run finds that out.`,
        }),
    },
    mode,
    work,
    needs,
  )
}
