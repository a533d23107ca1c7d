import type { MessagePort } from 'node:worker_threads'

import { carryError, CoreError, createGate, createKeyedGate } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { FromReader, ReaderRequests, RequestKind, ToReader } from '../messages.ts'
import { factsOf, versionOf } from './entry-facts.ts'
import { createEntryStreams } from './entry-streams.ts'
import { findEntries } from './find-entries.ts'
import { listFolder } from './list-folder.ts'
import { createOpenVault } from './open-vault.ts'
import { sumUp } from './sum-up.ts'

type Answers = {
  readonly [K in RequestKind]: (
    asked: ReaderRequests[K]['asked'],
    signal: AbortSignal,
  ) => Promise<ReaderRequests[K]['answer']>
}

/** Walks of whole recovery points that go on side by side, and that wait. Whoever opens a folder does not wait for them. */
const WALKS = { atOnce: 2, mostWaiting: 20 }
/** Of one who asks. */
const OWN_WALKS = { atOnce: 1, mostWaiting: 4 }

/** The thread's side of a reader: answers what comes through `port`, out of the vault in `storage`, until it is to end. */
export function serveReader(port: MessagePort, storage: Storage, password: Buffer): void {
  const ending = new AbortController()
  const vault = createOpenVault(storage, password, { signal: ending.signal })
  const streams = createEntryStreams(vault)
  const going = new Map<number, AbortController>()
  const walks = createGate({ ...WALKS, busy: tooMany(`${WALKS.mostWaiting} searches wait in this vault already.`) })
  const ownWalks = createKeyedGate({
    ...OWN_WALKS,
    busy: tooMany(`${OWN_WALKS.mostWaiting} searches of yours wait in this vault already.`),
  })

  function walk<T>(asker: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return ownWalks.run(asker, () => walks.run(work, { signal }), { signal })
  }

  const answers: Answers = {
    list: (asked, signal) => listFolder(vault, asked, { signal }),
    find: (asked, signal) => walk(asked.asker, () => findEntries(vault, asked, { signal }), signal),
    version: (asked, signal) => versionOf(vault, asked, { signal }),
    sum: (asked, signal) => walk(asked.asker, () => sumUp(vault, asked, { signal }), signal),
    facts: (asked, signal) => factsOf(vault, asked, { signal }),
    stream: (asked, signal) => streams.open(asked, { signal }),
    take: ({ stream }) => streams.take(stream),
  }

  async function answer({ number, kind, asked }: Extract<ToReader, { type: 'ask' }>): Promise<void> {
    const cancelled = new AbortController()
    going.set(number, cancelled)
    try {
      const signal = AbortSignal.any([cancelled.signal, ending.signal])
      const given = await (answers[kind] as Answers['list'])(asked as never, signal)
      port.postMessage({ type: 'answer', number, answer: given } satisfies FromReader, memoryOf(given))
    } catch (error) {
      // Of what was cancelled, or ends, nobody wants to hear.
      if (cancelled.signal.aborted || ending.signal.aborted) return
      port.postMessage({ type: 'failed', number, error: carryError(error) } satisfies FromReader)
    } finally {
      going.delete(number)
    }
  }

  port.on('message', (message: ToReader) => {
    switch (message.type) {
      case 'ask':
        void answer(message)
        break
      case 'cancel':
        going.get(message.number)?.abort(cancelledError())
        break
      case 'close':
        streams.close(message.stream)
        break
      case 'renew':
        vault.renew()
        break
      case 'end':
        ending.abort(cancelledError())
        streams.closeAll()
        port.close()
    }
  })
}

function tooMany(message: string) {
  return {
    message,
    safety: 'Nothing was changed: recovery points are only read.',
    remedy: 'Try again in a minute, or search below a smaller folder.',
  }
}

/** Bytes of a stream are handed over, where they have memory of their own. */
function memoryOf(answer: unknown): ArrayBuffer[] {
  if (!(answer instanceof Uint8Array) || !(answer.buffer instanceof ArrayBuffer)) return []
  return answer.byteLength === answer.buffer.byteLength ? [answer.buffer] : []
}

function cancelledError(): CoreError {
  return new CoreError('service/unavailable', 'Nobody waits for this any more.')
}
