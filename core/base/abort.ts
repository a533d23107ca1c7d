/** Options of everything that may take long. */
export interface Abortable {
  /** Stops the work. The promise then rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined
}

/** Waits. Rejects with the signal's reason when it is aborted meanwhile. */
export function sleep(milliseconds: number, { signal }: Abortable = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    function stop(): void {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
