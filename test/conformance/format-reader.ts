import { createCipheriv, createDecipheriv, createHash, scryptSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'

// A second reader of the format. It shares nothing with the program, so that it can tell whether FORMAT.md suffices.

type Key = Record<'encrypt' | 'k' | 'r', Buffer>
type KeyFile = Record<'N' | 'r' | 'p', number> & Record<'kdf' | 'salt' | 'data', string>
type MasterKey = { mac: { k: string; r: string }; encrypt: string }
type Blob = { id: string; type: 'data' | 'tree'; offset: number; length: number; uncompressed_length?: number }
type Index = { packs: { id: string; blobs: Blob[] }[] }
type Snapshot = { time: string; tree: string }
type Node = { name: string; type: string; content?: string[] | null; subtree?: string }
/** Places of each blob, by type and id. */
type Places = Map<string, { pack: string; blob: Blob }[]>

const MEBIBYTE = 2 ** 20

/** The content of the file at an absolute path in the newest snapshot; bytes where the path is not UTF-8. */
export function readFileOf(repository: string, password: string, path: string | Buffer): Buffer {
  const key = openKey(repository, password)
  const config = parse(unseal(key, readFileSync(join(repository, 'config')))) as { version: number }
  check(config.version === 1 || config.version === 2, 'the version is unknown')

  const places: Places = new Map()
  for (const name of namesIn(repository, 'index')) {
    for (const { id, blobs } of (openDocument(repository, key, 'index', name) as Index).packs) {
      for (const blob of blobs) {
        const known = places.get(`${blob.type} ${blob.id}`) ?? []
        places.set(`${blob.type} ${blob.id}`, [...known, { pack: id, blob }])
      }
    }
  }
  const packs = new Map<string, { bytes: Buffer; blobs: Blob[] }>()

  function blobOf(type: Blob['type'], id: string): Buffer {
    const errors: unknown[] = []
    for (const { pack, blob } of places.get(`${type} ${id}`) ?? []) {
      try {
        const { bytes, blobs } = packs.get(pack) ?? openPack(repository, key, pack)
        packs.set(pack, { bytes, blobs })
        const same = blobs.find((other) => other.type === type && other.id === id && other.offset === blob.offset)
        check(same?.length === blob.length, 'index and header differ in a length')
        check(same.uncompressed_length === blob.uncompressed_length, 'index and header differ in compression')
        return openBlob(key, blob, bytes.subarray(blob.offset, blob.offset + blob.length))
      } catch (error) {
        errors.push(error)
      }
    }
    throw new AggregateError(errors, `no intact copy of ${type} ${id}`)
  }

  // Bytes of names, as one character each.
  const steps = Buffer.from(path).toString('latin1').split('/')
  check(steps.shift() === '' && !steps.includes(''), 'the path is not absolute')
  let node: Node = { name: '', type: 'dir', subtree: newestSnapshot(repository, key).tree }
  for (const step of steps) {
    check(node.type === 'dir' && node.subtree !== undefined, `nothing lies below ${node.name}`)
    const { nodes } = parse(blobOf('tree', node.subtree)) as { nodes: Node[] }
    const next = nodes.find(({ name }) => unquote(name) === step)
    check(next !== undefined, `${step} is not in its folder`)
    node = next
  }
  check(node.type === 'file' && Array.isArray(node.content), `${node.name} is not a file`)
  return Buffer.concat((node.content ?? []).map((id) => blobOf('data', id)))
}

/** A disk of the newest snapshot. */
export function readDiskOf(repository: string, password: string, name: string): Buffer {
  const read = (path: string): Buffer => readFileOf(repository, password, `/${name}/${path}`)
  const disk = parse(read('disk.json')) as Record<'version' | 'bytes' | 'extentBytes', number>
  check(disk.version === 1, 'the version of the disk is unknown')
  const extents = Array.from({ length: Math.ceil(disk.bytes / disk.extentBytes) }, (_, extent) =>
    read(`extents/${String(extent + 1).padStart(4, '0')}/flat.vmdk`),
  )
  return Buffer.concat(extents).subarray(0, disk.bytes)
}

function openKey(repository: string, password: string): Key {
  for (const name of namesIn(repository, 'keys')) {
    const file = parse(readNamed(join(repository, 'keys', name), name)) as KeyFile
    const cost = { N: file.N, r: file.r, p: file.p, maxmem: 513 * MEBIBYTE }
    check(file.kdf === 'scrypt' && cost.N * cost.r * cost.p <= 16 * 2 ** 21, 'the key asks for what nobody writes')
    const derived = scryptSync(password, Buffer.from(file.salt, 'base64'), 64, cost)
    const own = { encrypt: derived.subarray(0, 32), k: derived.subarray(32, 48), r: derived.subarray(48, 64) }
    const sealed = Buffer.from(file.data, 'base64')
    if (!isMacRight(own, sealed)) continue
    const { mac, encrypt } = parse(unseal(own, sealed)) as MasterKey
    const [k, r] = [Buffer.from(mac.k, 'base64'), Buffer.from(mac.r, 'base64')]
    return { encrypt: Buffer.from(encrypt, 'base64'), k, r }
  }
  throw new Error('no key fits the password')
}

function newestSnapshot(repository: string, key: Key): Snapshot {
  const snapshots = namesIn(repository, 'snapshots')
    .map((name) => openDocument(repository, key, 'snapshots', name) as Snapshot)
    .toSorted((one, other) => (instant(one.time) < instant(other.time) ? 1 : -1))
  check(snapshots[0] !== undefined, 'there is no snapshot')
  return snapshots[0]
}

/** Nanoseconds since 1970, of RFC 3339. */
function instant(time: string): bigint {
  const [, seconds, decimals = '', offset] = /^(.{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? []
  check(seconds !== undefined && offset !== undefined, `${time} is not a time`)
  return BigInt(Date.parse(seconds + offset)) * 1_000_000n + BigInt(decimals.padEnd(9, '0'))
}

function openDocument(repository: string, key: Key, folder: 'index' | 'snapshots', name: string): unknown {
  const opened = unseal(key, readNamed(join(repository, folder, name), name))
  if (opened[0] !== 2) {
    check(opened[0] === 0x7b || opened[0] === 0x5b, `${folder}/${name} begins as no document does`)
    return parse(opened)
  }
  const maxOutputLength = (folder === 'index' ? 512 : 64) * MEBIBYTE
  return parse(zstdDecompressSync(opened.subarray(1), { maxOutputLength }))
}

/** A whole pack, and what its header says. */
function openPack(repository: string, key: Key, id: string): { bytes: Buffer; blobs: Blob[] } {
  const bytes = readNamed(join(repository, 'data', id.slice(0, 2), id), id)
  const end = bytes.length - 4
  const start = end - bytes.readUInt32LE(end)
  const header = unseal(key, bytes.subarray(start, end))
  const blobs: Blob[] = []
  let offset = 0
  for (let at = 0; at < header.length;) {
    const kind = header.readUInt8(at)
    check(kind <= 3, 'a blob of no known type')
    const [length, isCompressed] = [header.readUInt32LE(at + 1), kind >= 2]
    const idAt = at + (isCompressed ? 9 : 5)
    check(idAt + 32 <= header.length, 'the header is cut off')
    const blob = { id: header.toString('hex', idAt, idAt + 32), type: kind % 2 === 0 ? 'data' : 'tree', offset, length }
    blobs.push({ ...blob, ...(isCompressed ? { uncompressed_length: header.readUInt32LE(at + 5) } : {}) } as Blob)
    offset += length
    at = idAt + 32
  }
  check(offset === start, 'the blobs do not fill the pack')
  return { bytes, blobs }
}

function openBlob(key: Key, { id, uncompressed_length: size }: Blob, sealed: Buffer): Buffer {
  const opened = unseal(key, sealed)
  const content = size === undefined ? opened : zstdDecompressSync(opened, { maxOutputLength: Math.max(size, 1) })
  check(size === undefined || content.length === size, 'the blob has another length')
  check(sha256(content) === id, 'the blob has another hash')
  return content
}

function unseal(key: Key, sealed: Buffer): Buffer {
  check(isMacRight(key, sealed), 'the MAC does not fit')
  const decipher = createDecipheriv('aes-256-ctr', key.encrypt, sealed.subarray(0, 16))
  return Buffer.concat([decipher.update(sealed.subarray(16, -16)), decipher.final()])
}

/** Poly1305-AES. */
function isMacRight(key: Key, sealed: Buffer): boolean {
  check(sealed.length >= 32, 'too short to be sealed')
  const cipher = createCipheriv('aes-128-ecb', key.k, null).setAutoPadding(false)
  const s = number(Buffer.concat([cipher.update(sealed.subarray(0, 16)), cipher.final()]))
  const r = number(key.r) & 0x0ffffffc0ffffffc0ffffffc0fffffffn
  const text = sealed.subarray(16, -16)
  let sum = 0n
  for (let at = 0; at < text.length; at += 16) {
    const block = text.subarray(at, at + 16)
    sum = ((sum + number(block) + (1n << BigInt(8 * block.length))) * r) % ((1n << 130n) - 5n)
  }
  return number(sealed.subarray(-16)) === BigInt.asUintN(128, sum + s)
}

/** Of up to 16 bytes, the last of them the highest. */
function number(bytes: Buffer): bigint {
  const whole = bytes.length === 16 ? bytes : Buffer.concat([bytes, Buffer.alloc(16 - bytes.length)])
  return whole.readBigUInt64LE(0) | (whole.readBigUInt64LE(8) << 64n)
}

/** What Go's strconv.Quote made of a name, as bytes of one character each. */
function unquote(name: string): string {
  const short: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
  const part = /\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|\\([abfnrtv"\\])|([^\\]+)|(.)/gs
  const bytes = [...name.matchAll(part)].map(([, byte, low, high, letter, plain, stray]) => {
    check(stray === undefined, `${name} is not quoted as names are`)
    if (byte !== undefined) return Buffer.from(byte, 'hex')
    const code = low ?? high
    if (code !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(code, 16)))
    return Buffer.from(plain ?? (letter === undefined ? '' : (short[letter] ?? letter)))
  })
  const whole = Buffer.concat(bytes).toString('latin1')
  check(!['', '.', '..'].includes(whole) && !/[/\0]/.test(whole), `${name} is not a name`)
  return whole
}

/** Names of a folder's files that count. */
function namesIn(repository: string, folder: string): string[] {
  return readdirSync(join(repository, folder)).filter((name) => /^[0-9a-f]{64}$/.test(name))
}

function readNamed(file: string, name: string): Buffer {
  const bytes = readFileSync(file)
  check(sha256(bytes) === name, `${file} has another hash than its name says`)
  return bytes
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'))
}

function check(isRight: boolean, otherwise: string): asserts isRight {
  if (!isRight) throw new Error(otherwise)
}
