import { type Abortable, createTurns } from '../../base/index.ts'
import { TreeReader } from '../../snapshot/index.ts'

/** A folder whose tree is in memory. What was passed once is not read again: the next part of it is found at once. */
export interface FolderView {
  readonly tree: Buffer
  /** A reader of its own that stands on the first entry; undefined where there is none. */
  first(): TreeReader | undefined
  /** One that stands on the first entry behind this name; undefined where there is none. Throws `repository/damaged`. */
  behind(name: Uint8Array, options?: Abortable): Promise<TreeReader | undefined>
  /** One that stands on the entry of this name; undefined where there is none. */
  find(name: Uint8Array, options?: Abortable): Promise<TreeReader | undefined>
}

/** Where each of so many entries begins is remembered: four bytes each. */
const EVERY = 256

/** `what` names the tree for messages, with a capital. */
export function createFolderView(tree: Buffer, what: string): FolderView {
  /** Reads ahead of all that was asked for so far, entry by entry; nobody knows where one begins before it was there. */
  const front = new TreeReader(tree, what)
  /** Jumps to places that are known. */
  const probe = new TreeReader(tree, what)
  const places: number[] = []
  let passed = 0
  let isAtEnd = false

  function advance(): void {
    isAtEnd = !front.next()
    if (!isAtEnd && passed++ % EVERY === 0) places.push(front.rawStart)
  }

  /** Goes on until the front stands behind `name`. Others may ask for another name meanwhile. */
  async function readUpTo(name: Uint8Array, { signal }: Abortable): Promise<void> {
    const turns = createTurns()
    if (passed === 0) advance()
    while (!isAtEnd && front.compareName(name) <= 0) {
      advance()
      const turn = turns()
      if (turn) await turn
      signal?.throwIfAborted()
    }
  }

  /** The last place whose entry does not come behind `name`. */
  function placeOf(name: Uint8Array): number | undefined {
    let low = 0
    let high = places.length
    while (low < high) {
      const middle = (low + high) >>> 1
      probe.goTo(places[middle] ?? 0)
      if (probe.compareName(name) <= 0) low = middle + 1
      else high = middle
    }
    return places[low - 1]
  }

  function first(): TreeReader | undefined {
    const reader = new TreeReader(tree, what)
    return reader.next() ? reader : undefined
  }

  /** On the first entry that does not come before `name`. */
  async function from(name: Uint8Array, options: Abortable): Promise<TreeReader | undefined> {
    await readUpTo(name, options)
    const place = placeOf(name)
    if (place === undefined) return first()
    const reader = new TreeReader(tree, what)
    reader.goTo(place)
    while (reader.compareName(name) < 0) if (!reader.next()) return undefined
    return reader
  }

  return {
    tree,
    first,
    async behind(name, options = {}) {
      const reader = await from(name, options)
      if (!reader || reader.compareName(name) > 0) return reader
      return reader.next() ? reader : undefined
    },
    async find(name, options = {}) {
      const reader = await from(name, options)
      return reader?.compareName(name) === 0 ? reader : undefined
    },
  }
}
