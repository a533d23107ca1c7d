import { systemClock } from '../base/index.ts'
import { KINDS } from './kinds/kinds.ts'
import type { FromProcess, ToProcess } from './process/messages.ts'
import { serveRun } from './process/serve-run.ts'

/**
 * The entry of a run process. It is started by the service and told what to do over its channel.
 *
 * What comes from the terminal (Ctrl-C goes to every process of it) is the service's to decide: it tells its runs to stop.
 * restic asks with SIGHUP whether the owner of a lock is alive.
 */
process.on('SIGHUP', () => undefined).on('SIGINT', () => undefined)

await serveRun(
  {
    send: (message: FromProcess) =>
      new Promise((resolve) => {
        if (!process.connected) resolve()
        else process.send?.(message, undefined, undefined, () => resolve())
      }),
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToProcess)),
    onGone: (listener) => void process.on('disconnect', listener).on('SIGTERM', listener),
  },
  KINDS,
  systemClock,
)
// Threads and open channels of work that was stopped keep nobody waiting.
process.exit()
