import { type Abortable, CoreError } from '../../../base/index.ts'
import { createClient } from './create-client.ts'
import type { Login } from './login-file.ts'
import { createTransport } from './transport.ts'

/** Ends the token of a login, by its own right. Throws what the service says. */
export async function revoke(
  url: string,
  { token, tokenId, pinned, ca }: Login,
  { signal }: Abortable = {},
): Promise<void> {
  using transport = createTransport({
    url,
    trust: { pinned, ca },
    headers: () => ({ authorization: `Bearer ${token}` }),
  })
  await createClient(url, transport).tokens.revoke({ id: tokenId }, signal ? { signal } : {})
}

/** The same for one that another has taken the place of: where it ended already, or cannot be ended, nobody needs it. */
export async function revokeQuietly(url: string, login: Login, options: Abortable = {}): Promise<void> {
  try {
    await revoke(url, login, options)
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
  }
}
