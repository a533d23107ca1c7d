import { isCode } from '../../base/index.ts'
import { describeHandle, type FileKind, type Handle, type Storage } from '../../storage/index.ts'
import type { Agent } from '../agent.ts'
import { Refusal } from '../answer/refusal.ts'
import { bodyLength } from '../request/body-length.ts'
import { readBody } from '../request/read-body.ts'
import type { FileCall, ServeTools } from './call.ts'

/** What a snapshot relies on, and it itself. */
const NEEDS_LOCK: ReadonlySet<FileKind> = new Set(['pack', 'index', 'snapshot'])

/**
 * Takes a file. It is in the vault only when all of it has come and is what its name says. One that is there already is
 * left as it is, and taken for stored.
 */
export async function storeFile(call: FileCall, tools: ServeTools): Promise<void> {
  const { request, response, agent, handle, signal } = call
  const { storage } = agent.vault
  const length = bodyLength(request.headers, handle.kind)
  await assertMayStore(call, tools)
  if (handle.kind === 'lock') await tools.sessions.beforeLock(agent, { signal })
  const there = await sizeOf(storage, handle, signal)
  const isThere = there === length || (there !== undefined && handle.kind === 'config')
  // Without a lock nobody could even restore: the quota is not for them.
  const giveBack = isThere || handle.kind === 'lock' ? () => undefined : await tools.quotas.reserve(agent, length)
  try {
    const memory = await tools.uploads.take(length, agent.id, { signal })
    let isInUse = false
    try {
      const { bytes } = memory
      const { patience, clock } = tools
      const digest = await readBody(request, { into: bytes, uploads: agent.uploads, patience, clock })
      if (handle.kind !== 'config' && digest !== handle.name) throw notWhatItsNameSays(handle)
      // A save that fails may leave somebody behind who still reads.
      isInUse = true
      if (isThere) await assertSame(storage, handle, bytes)
      else await keep(call, tools, { bytes, wasThere: there !== undefined, giveBack })
      isInUse = false
    } finally {
      memory.giveBack({ isInUse })
    }
  } finally {
    giveBack()
  }
  response.writeHead(200, { 'content-length': 0 }).end()
}

interface Coming {
  readonly bytes: Uint8Array
  /** Shorter or longer than it should be: it is mended. */
  readonly wasThere: boolean
  readonly giveBack: () => void
}

async function keep(call: FileCall, tools: ServeTools, { bytes, wasThere, giveBack }: Coming): Promise<void> {
  const { agent, handle } = call
  const { vault } = agent
  // While it came, a prune may have begun, or the lock may have gone.
  await assertMayStore(call, tools)
  const { clock, receipts } = tools
  const receipt = { ...handle, agent: agent.id, size: bytes.length, receivedAt: clock.now() }
  // A lock that was there is not his who brings it once more: he may have read it here.
  const isHis = !wasThere && receipts.add(vault.id, receipt)
  giveBack()
  try {
    // No signal: it has come whole, and whoever went away since then would send it again.
    await vault.storage.save(handle, bytes)
  } catch (error) {
    if (isHis && (await isGone(vault.storage, handle))) receipts.remove(vault.id, handle)
    throw error
  }
  if (isHis) tools.onStored?.(agent, receipt)
}

async function assertMayStore({ agent, handle, signal }: FileCall, { sessions }: ServeTools): Promise<void> {
  assertNoPrune(agent)
  if (NEEDS_LOCK.has(handle.kind)) await sessions.assertLocked(agent, { signal })
}

/** A config has no name that says what it is: two programs that make a repository at once must not both believe it is theirs. */
async function assertSame(storage: Storage, handle: Handle, bytes: Uint8Array): Promise<void> {
  if (handle.kind !== 'config') return
  const there = await storage.load(handle)
  if (Buffer.compare(there, bytes) === 0) return
  throw new Refusal('storage/exists', 'There is a repository in this vault already', {
    status: 403,
    safety: 'It was not changed.',
    remedy: 'Use it with its own password; for a new one ask for another vault.',
  })
}

async function sizeOf(storage: Storage, handle: Handle, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await storage.stat(handle, { signal })).size
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return undefined
    throw error
  }
}

async function isGone(storage: Storage, handle: Handle): Promise<boolean> {
  try {
    await storage.stat(handle)
    return false
  } catch (error) {
    return isCode(error, 'storage/not-found')
  }
}

function assertNoPrune({ vault }: Agent): void {
  if (!vault.isPruning()) return
  throw new Refusal('repository/locked', 'The appliance prunes this vault: nothing is taken until it is done', {
    status: 503,
    headers: { 'retry-after': '30' },
    safety: 'Nothing of this was stored; all earlier recovery points are unharmed.',
    remedy: 'restic tries again by itself for some minutes. Otherwise begin again later.',
  })
}

function notWhatItsNameSays(handle: Handle): Refusal {
  return new Refusal('input/invalid', `What came is not ${describeHandle(handle)}: its SHA-256 is another one`, {
    status: 400,
    safety: 'Nothing of it was stored.',
    remedy: 'restic tries again by itself. If it stays so, look for bad memory or a bad network of that computer.',
  })
}
