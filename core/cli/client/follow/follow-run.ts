import { getEventMeta } from '@orpc/client'

import { CoreError, sleep } from '../../../base/index.ts'
import type { LiveEvent, Run, RunEvent } from '../../../contract/index.ts'
import type { ClientSession } from '../client-session.ts'
import { writeLogLine } from '../text/log-line.ts'
import { hasEnded, progressText } from '../text/run-text.ts'

/** How long is waited before it is tried to connect again: doubled each time. Milliseconds. */
const FIRST_WAIT = 250
const LONGEST_WAIT = 10_000

/**
 * Tells what a run does until it has ended, and resolves to the run as it is then. Where the connection breaks, or the
 * service is started anew, it goes on behind what was told last. Rejects with what the service refuses.
 */
export async function followRun(session: ClientSession, id: string): Promise<Run> {
  const { client, output, signal } = session
  const log = createLog(session, id)
  let after: string | undefined
  let wait = FIRST_WAIT
  let isConnected = true

  /** What happened while nobody listened. */
  async function catchUp(): Promise<Run> {
    const run = await client.runs.get({ id }, { signal })
    await log.catchUp()
    if (run.progress) output.status(progressText(run.progress))
    return run
  }

  async function listen(): Promise<Run | undefined> {
    const events = await client.events.watch(undefined, { signal, ...(after !== undefined && { lastEventId: after }) })
    // From here on nothing is missed: what went before is asked for now.
    const now = after === undefined ? await catchUp() : undefined
    if (now && hasEnded(now)) return now
    isConnected = true
    for await (const event of events as AsyncIterable<LiveEvent>) {
      wait = FIRST_WAIT
      after = getEventMeta(event)?.id ?? after
      if (event.type === 'resync') {
        const run = await catchUp()
        if (hasEnded(run)) return run
      } else if (event.type === 'run' && event.run.id === id && hasEnded(event.run)) {
        return catchUp()
      } else tell(event)
    }
    return undefined
  }

  function tell(event: LiveEvent): void {
    if (event.type === 'log' && event.event.runId === id) log.tell(event.event)
    if (event.type === 'progress' && event.runId === id) {
      output.status(progressText(event.progress))
      output.emit({ message_type: 'status', runId: id, ...event.progress })
    }
    if (event.type === 'step' && event.runId === id) output.emit({ message_type: 'step', runId: id, ...event.step })
  }

  for (;;) {
    try {
      const ended = await listen()
      if (ended) return ended
    } catch (error) {
      signal.throwIfAborted()
      if (!mayPass(error)) throw error
      if (isConnected) output.warn('The connection is broken. It is tried again until the service is back.')
      isConnected = false
    }
    await sleep(wait, { signal })
    wait = Math.min(LONGEST_WAIT, wait * 2)
  }
}

/** Whether it may work when it is simply tried again: the service does not answer, or what it told broke off. */
function mayPass(error: unknown): boolean {
  if (error instanceof CoreError) return error.code === 'service/unavailable' || error.code === 'service/busy'
  return error instanceof Error && 'code' in error && BROKEN.has(String(error.code))
}

const BROKEN: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ABORT_ERR',
])

/** Tells each line of a run's log once, in order. */
function createLog({ client, output, signal }: ClientSession, id: string) {
  let last = -1
  // Where the last part began that was asked for: what came before it is known.
  let cursor: string | undefined

  function tell(event: RunEvent): void {
    if (event.id <= last) return
    last = event.id
    writeLogLine(output, event)
  }

  return {
    tell,
    async catchUp(): Promise<void> {
      for (;;) {
        const page = await client.runs.events({ id, limit: 500, ...(cursor !== undefined && { cursor }) }, { signal })
        for (const event of page.items) tell(event)
        if (page.next === null) return
        cursor = page.next
      }
    },
  }
}
