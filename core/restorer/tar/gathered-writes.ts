const ROOM = 256 * 1024

/** Makes few large writes of many small ones: an archive of small files is headers of 512 bytes for the most part. */
export interface GatheredWrites {
  write(bytes: Buffer): Promise<void>
  flush(): Promise<void>
}

export function gatherWrites(write: (bytes: Buffer) => Promise<void>): GatheredWrites {
  const gathered = Buffer.allocUnsafeSlow(ROOM)
  let length = 0

  async function flush(): Promise<void> {
    if (length === 0) return
    const bytes = gathered.subarray(0, length)
    length = 0
    await write(bytes)
  }

  return {
    async write(bytes) {
      if (length + bytes.length > ROOM) await flush()
      if (bytes.length > ROOM) return write(bytes)
      length += bytes.copy(gathered, length)
    },
    flush,
  }
}
