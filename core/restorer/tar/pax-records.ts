/**
 * The records of a PAX extended header (POSIX, pax, "pax Extended Header"): what an entry has that its ustar header has
 * no room for. Values are bytes and written as they are: POSIX asks for UTF-8, and GNU tar too writes a name that is not
 * UTF-8 as it stands. `hdrcharset=BINARY` would say so; GNU tar warns of it at every entry.
 */
export class PaxRecords {
  readonly #records: Buffer[] = []

  /** Undefined where nothing was set. */
  get bytes(): Buffer | undefined {
    return this.#records.length === 0 ? undefined : Buffer.concat(this.#records)
  }

  set(key: string, value: Uint8Array | string): void {
    const head = Buffer.from(` ${key}=`, 'latin1')
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    const rest = head.length + bytes.length + 1
    this.#records.push(Buffer.from(String(recordLength(rest))), head, Buffer.from(bytes), LINE_END)
  }

  /** An extended attribute, as GNU tar and libarchive name it. A keyword ends at its first `=`, so that is escaped. */
  setAttribute(name: Buffer, value: Uint8Array): void {
    const escaped = name.toString('latin1').replaceAll('%', '%25').replaceAll('=', '%3D')
    this.set(`SCHILY.xattr.${escaped}`, value)
  }
}

const LINE_END = Buffer.from('\n')

/** A record begins with its own length, digits included. */
function recordLength(rest: number): number {
  let length = rest + String(rest).length
  while (String(length).length + rest !== length) length = String(length).length + rest
  return length
}
