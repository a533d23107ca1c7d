/** Programs and people are told this often how far something is. Milliseconds. */
const EVERY = 200

/** Has `tell` called some times a second, until it is disposed. */
export function startTicker(tell: () => void): Disposable {
  const timer = setInterval(tell, EVERY)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
