/** Values that were used last, by key: the others are forgotten. */
export interface LatestUsed<K, V> {
  has(key: K): boolean
  /** The value of a key, which `make` makes where it is not kept. It is now the latest. */
  take(key: K, make: () => V): V
  forget(key: K): void
}

export function createLatestUsed<K, V>(most: number): LatestUsed<K, V> {
  /** In the order of their use. */
  const kept = new Map<K, V>()
  return {
    has: (key) => kept.has(key),
    take(key, make) {
      const value = kept.has(key) ? (kept.get(key) as V) : make()
      kept.delete(key)
      kept.set(key, value)
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break
        kept.delete(oldest)
      }
      return value
    },
    forget: (key) => void kept.delete(key),
  }
}
