import { isCode } from '../../base/index.ts'
import { assertMayRemove } from '../rule/may-remove.ts'
import type { FileCall, ServeTools } from './call.ts'

/** Removes a file, and forgets who brought it. */
export async function removeFile({ response, agent, handle, signal }: FileCall, tools: ServeTools): Promise<void> {
  const { receipts, sessions } = tools
  const { id, storage } = agent.vault
  const receipt = receipts.find(id, handle)
  // A lock that is gone is nobody's: that it is gone says more than that it was somebody else's.
  if (handle.kind === 'lock' && receipt?.agent !== agent.id) await storage.stat(handle, { signal })
  assertMayRemove(agent, handle, receipt)
  try {
    await storage.remove(handle)
  } catch (error) {
    if (isCode(error, 'storage/not-found')) forget()
    throw error
  }
  forget()
  response.writeHead(200, { 'content-length': 0 }).end()

  function forget(): void {
    receipts.remove(id, handle)
    if (handle.kind === 'lock') sessions.afterUnlock(agent)
  }
}
