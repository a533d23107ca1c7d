import type { Abortable } from '../../base/index.ts'
import type { LiveEvent } from '../../contract/index.ts'

/** An event and its place among all. */
export interface NumberedEvent {
  readonly id: string
  readonly event: LiveEvent
}

/** What happens, told to whoever watches; who was cut off goes on where he was. */
export interface LiveEvents {
  publish(event: LiveEvent): void
  /** From behind `lastEventId` on; from now on where none is given. */
  watch(options: Abortable & { readonly lastEventId?: string | undefined }): AsyncGenerator<NumberedEvent, void, void>
}

/** So many events are kept for those who were cut off. */
const KEPT = 2000
/** Whoever is further behind asks for everything anew. */
const MOST_BEHIND = 1000

export function createLiveEvents(epoch: string): LiveEvents {
  // Numbers begin anew with each start of the service: an id says of which start it is.
  let number = 0
  const kept: { readonly number: number; readonly event: LiveEvent }[] = []
  const wakers = new Set<() => void>()

  const idOf = (at: number): string => `${epoch}-${at}`

  function numberOf(id: string | undefined): number | undefined {
    const [, start, digits] = /^(.+)-(\d{1,15})$/.exec(id ?? '') ?? []
    return start === epoch ? Number(digits) : undefined
  }

  return {
    publish(event) {
      kept.push({ number: ++number, event })
      if (kept.length > KEPT) kept.splice(0, kept.length - KEPT)
      for (const wake of wakers) wake()
    },
    async *watch({ signal, lastEventId }) {
      const before = numberOf(lastEventId)
      let last = before ?? number
      const isLost = lastEventId !== undefined && (before === undefined || before > number)
      if (isLost) {
        last = number
        yield { id: idOf(last), event: { type: 'resync' } }
      }
      // Set while somebody waits for the next event.
      let waiting: (() => void) | undefined
      const woken = (): void => waiting?.()
      wakers.add(woken)
      signal?.addEventListener('abort', woken)
      const isOver = (): boolean => signal?.aborted ?? false
      try {
        while (!isOver()) {
          const oldest = kept[0]?.number ?? number + 1
          const next = kept[last + 1 - oldest]
          if (last + 1 < oldest || number - last > MOST_BEHIND) {
            last = number
            yield { id: idOf(last), event: { type: 'resync' } }
          } else if (next) {
            last = next.number
            yield { id: idOf(last), event: next.event }
          } else {
            await new Promise<void>((resolve) => {
              waiting = resolve
            })
          }
        }
      } finally {
        wakers.delete(woken)
        signal?.removeEventListener('abort', woken)
      }
    },
  }
}
