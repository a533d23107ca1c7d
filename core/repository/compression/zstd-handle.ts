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
  onerror: (message: string, errno: number, code: string) => void
}

/** A stream as it looks inside: after a write, `state` is how much room is left in the target and in the source. */
interface ZstdInside {
  readonly _handle: ZstdHandle
  readonly _writeState: Uint32Array
}

export interface ZstdContext {
  /**
   * Runs `from` through the context. Returns how much of `target` it filled, or -1 where it did not fit or is no whole
   * frame. Either way the context is ready for the next run.
   */
  run(from: Uint8Array, target: Uint8Array, offset: number, room: number): number
}

/** Where the rest of a frame goes that did not fit: as large as a zstd block. */
const SCRATCH = 128 * 1024

export function openCompressor(params: Record<number, number>): ZstdContext {
  const { handle, state, hasFailed } = openInside(createZstdCompress({ params }))
  const end = constants.ZSTD_e_end
  let scratch: Buffer | undefined
  return {
    run(from, target, offset, room) {
      handle.writeSync(end, from, 0, from.length, target, offset, room)
      let [roomLeft = 0, sourceLeft = 0] = state
      if (roomLeft > 0 && sourceLeft === 0 && !hasFailed()) return room - roomLeft
      // A reset would drop the parameters: what follows would be compressed at zstd's own default. The rest of the
      // frame is let out instead. A full target counts as overflow: whether the end still waits inside cannot be seen.
      scratch ??= Buffer.allocUnsafeSlow(SCRATCH)
      do {
        if (hasFailed()) throw new Error('zstd failed to compress')
        handle.writeSync(end, from, from.length - sourceLeft, sourceLeft, scratch, 0, SCRATCH)
        ;[roomLeft = 0, sourceLeft = 0] = state
      } while (roomLeft === 0 || sourceLeft > 0)
      return -1
    },
  }
}

/** Takes exactly one whole frame at a time (`wholeFrameLength`): of a part of one, nothing here would see the end missing. */
export function openDecompressor(): ZstdContext {
  let inside = openInside(createZstdDecompress())
  return {
    run(from, target, offset, room) {
      const { handle, state, hasFailed } = inside
      handle.writeSync(constants.ZSTD_e_continue, from, 0, from.length, target, offset, room)
      const [roomLeft = 0, sourceLeft = 0] = state
      if (!hasFailed() && sourceLeft === 0) return room - roomLeft
      // A handle that failed once fails ever after, reset or not.
      inside = openInside(createZstdDecompress())
      return -1
    },
  }
}

interface OpenInside {
  readonly handle: ZstdHandle
  readonly state: Uint32Array
  /** Whether the write before failed. Asking forgets it. */
  readonly hasFailed: () => boolean
}

function openInside(stream: unknown): OpenInside {
  const { _handle: handle, _writeState: state } = stream as ZstdInside
  let failed = false
  // The handle is no event target: this is the one way in which it tells.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  handle.onerror = () => {
    failed = true
  }
  return {
    handle,
    state,
    hasFailed() {
      const had = failed
      failed = false
      return had
    },
  }
}
