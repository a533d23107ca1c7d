import type { Abortable } from './abort.ts'
import { createGate, type Gate, type GateOptions } from './gate.ts'

/** A gate for each who comes, so that nobody stands in the way of others by coming often. */
export interface KeyedGate {
  /** As that of a gate. */
  run<T>(key: string, work: () => Promise<T>, options?: Abortable): Promise<T>
}

export function createKeyedGate(options: GateOptions): KeyedGate {
  const gates = new Map<string, { readonly gate: Gate; users: number }>()
  return {
    async run(key, work, { signal } = {}) {
      const one = gates.get(key) ?? { gate: createGate(options), users: 0 }
      gates.set(key, one)
      one.users++
      try {
        return await one.gate.run(work, { signal })
      } finally {
        if (--one.users === 0) gates.delete(key)
      }
    },
  }
}
