import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { FromProcess, ToProcess } from '../process/messages.ts'
import type { Executor, ProcessIdentity, Task } from './executor.ts'
import { identifyProcess } from './process-identity.ts'

export interface LocalExecutorOptions {
  /** Of this program. */
  readonly version: string
  /** What a run process says on standard error, which is nothing unless something is wrong with it. */
  readonly onSaid: (text: string) => void
}

/** Carries runs out on this computer, each attempt in a process of its own. */
export function createLocalExecutor({ version, onSaid }: LocalExecutorOptions): Executor {
  return {
    id: 'local',
    version,
    isConnected: true,
    onChange: () => undefined,
    start(order, listener) {
      const child = startProcess()
      let said = ''
      let hasEnded = false
      let identity: ProcessIdentity | undefined
      const tell = (message: ToProcess): void => {
        if (child.connected) child.send(message, () => undefined)
      }
      child.on('message', (message) => {
        const told = message as FromProcess
        if (told.type === 'ready') tell({ type: 'begin', order })
        else listener.onMessage(told)
      })
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000)
        onSaid(text)
      })
      const end = (reason: string): void => {
        if (hasEnded) return
        hasEnded = true
        listener.onEnd(reason)
      }
      child.on('error', (error) => end(`its process could not be started: ${error.message}`))
      // All that it sent has been heard by then, which is not so when it exits.
      child.on('close', (code, signal) => end(endReason(code, signal, said)))
      if (child.pid !== undefined) identity = identifyProcess(child.pid)
      return {
        get process() {
          return identity
        },
        stop: () => tell({ type: 'stop' }),
        kill: () => void child.kill('SIGKILL'),
        limit: (bytesPerSecond) => tell({ type: 'limit', bytesPerSecond }),
        fence: (mayWrite) => tell({ type: 'fence', mayWrite }),
      } satisfies Task
    },
  }
}

function startProcess(): ChildProcess {
  return fork(fileURLToPath(new URL('../process-main.ts', import.meta.url)), [], {
    // SIGUSR1 would open a debugger that everybody on this computer may use.
    execArgv: ['--disable-sigusr1'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

function endReason(code: number | null, signal: NodeJS.Signals | null, said: string): string {
  if (signal !== null) return `its process was ended by ${signal}`
  const last = said.trim().split('\n').at(-1) ?? ''
  return `its process ended with ${code ?? 'nothing'}${last === '' ? '' : `: ${last}`}`
}
