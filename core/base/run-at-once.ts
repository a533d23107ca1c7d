/**
 * Does work that comes to light while other work is done, so much of it at a time. Calls `next` whenever there is room for
 * more; it returns what to do, or undefined where there is nothing to do just now. Ends when there is nothing to do and
 * nothing under way. Rejects with the first failure, once all that began have ended.
 */
export async function runAtOnce(atOnce: number, next: () => (() => Promise<void>) | undefined): Promise<void> {
  const running = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined

  async function follow(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      failure ??= { error }
    }
  }

  function start(): boolean {
    if (failure || running.size >= atOnce) return false
    let work: (() => Promise<void>) | undefined
    try {
      work = next()
    } catch (error) {
      failure = { error }
    }
    if (!work) return false
    const promise = follow(work)
    running.add(promise)
    void promise.then(() => running.delete(promise))
    return true
  }

  for (;;) {
    while (start());
    if (running.size === 0) break
    await Promise.race(running)
  }
  if (failure) throw failure.error
}
