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
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the caller's own reason, whatever it is
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
