import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput, type Output } from '../output.ts'
import type { ClientOptions } from './client-command.ts'
import type { Client } from './connection/create-client.ts'
import type * as Paths from './text/paths.ts'

/** What a command has while it runs. */
export interface ClientSession {
  readonly client: Client
  readonly url: string
  readonly output: Output
  /** Paths as the API has them, and as they are typed. */
  readonly paths: typeof Paths
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Connects, does the work of a command, and resolves to what the process should end with. */
export async function withClient(
  options: ClientOptions,
  work: (session: ClientSession) => Promise<ExitCode | void>,
): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  using interruption = listenForInterruption()
  // What speaks HTTP, and what knows paths, is loaded now: --help and every other command start without them.
  const [{ connect }, paths] = await Promise.all([import('./connection/connect.ts'), import('./text/paths.ts')])
  using connection = connect(options)
  const { client, url } = connection
  return (await work({ client, url, output, paths, signal: interruption.signal })) ?? EXIT.done
}
