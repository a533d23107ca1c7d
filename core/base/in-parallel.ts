import { runAtOnce } from './run-at-once.ts'

/** Works on items, so many at a time, in their order. Rejects with the first failure, once all that began have ended. */
export async function inParallel<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  await runAtOnce(atOnce, () => {
    const next = iterator.next()
    return next.done ? undefined : () => work(next.value)
  })
}
