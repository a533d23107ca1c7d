import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'

/**
 * One zstd context, driven synchronously from buffer to buffer.
 *
 * Node's public calls make a stream object, a context and a result for every run of bytes: 28-47 µs for 4 KiB and
 * megabytes of garbage for larger ones. Node's own streams call this handle, which is reused at 3-15 µs and writes
 * where it is told. The handle is not documented; the project brings its exact Node along (package.json), every
 * thread proves a handle by a round trip before it relies on it (`zstd.ts`), and otherwise takes the public calls.
 */
interface ZstdHandle {
  writeSync(
    flush: number,
    from: Uint8Array,
    fromAt: number,
    fromLength: number,
    to: Uint8Array,
    toAt: number,
    toLength: number,
  ): void
  reset(): void
  onerror: (message: string, errno: number, code: string) => void
}

/** A stream as it looks inside: after a write, `state` is how much room is left in the target and in the source. */
interface ZstdInside {
  readonly _handle: ZstdHandle
  readonly _writeState: Uint32Array
}

export interface ZstdContext {
  /** Runs `from` through the context. Returns how much of `target` it filled, or -1 where that was not the end of it. */
  run(from: Uint8Array, target: Uint8Array, offset: number, room: number): number
}

export function openCompressor(params: Record<number, number>): ZstdContext {
  const inside = createZstdCompress({ params }) as unknown as ZstdInside
  return contextOf(inside, constants.ZSTD_e_end)
}

export function openDecompressor(): ZstdContext {
  const inside = createZstdDecompress() as unknown as ZstdInside
  return contextOf(inside, constants.ZSTD_e_continue)
}

function contextOf(inside: ZstdInside, flush: number): ZstdContext {
  const { _handle: handle, _writeState: state } = inside
  let failed = false
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- Node's inner handle knows no events
  handle.onerror = () => {
    failed = true
  }
  return {
    run(from, target, offset, room) {
      handle.writeSync(flush, from, 0, from.length, target, offset, room)
      const [roomLeft = 0, sourceLeft = 0] = state
      // A full target is taken for an overflow: whether the frame's end still waits inside cannot be seen.
      if (failed || sourceLeft > 0 || (flush === constants.ZSTD_e_end && roomLeft === 0)) {
        failed = false
        handle.reset()
        return -1
      }
      return room - roomLeft
    },
  }
}
