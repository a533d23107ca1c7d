import * as fc from 'fast-check'

import { type Node, type NodeType, compareNames, isNodeName } from '../../../../core/snapshot/index.ts'

/** A file as an archiver would describe it. */
export function sampleNode(name: string | Buffer, changes: Partial<Node> = {}): Node {
  return {
    name: typeof name === 'string' ? Buffer.from(name) : name,
    type: 'file',
    mode: 0o644,
    mtime: 1_732_147_332_674_536_298n,
    atime: 1_732_147_332_000_000_000n,
    ctime: 1_732_147_332_600_000_000n,
    uid: 1000,
    gid: 100,
    user: 'anna',
    group: 'users',
    inode: 2_146_913n,
    deviceId: 65_024n,
    size: 1n,
    links: 1n,
    linkTarget: undefined,
    extendedAttributes: undefined,
    genericAttributes: undefined,
    device: 0n,
    content: Buffer.alloc(32, 0x2d),
    subtree: undefined,
    error: '',
    unknown: undefined,
    ...changes,
  }
}

const bytes = (size: { minLength?: number; maxLength?: number }) =>
  fc.uint8Array(size).map((array) => Buffer.from(array))
const uint64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 1000n))
const uint32 = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const types: NodeType[] = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular']
/** From 0000-01-01 to the last nanosecond of 9999. */
export const time = fc.bigInt(-62_167_219_200_000_000_000n, 253_402_300_799_999_999_999n)
const text = fc.string({ unit: 'binary', maxLength: 12 })
const isWhole = (value: string): boolean => value.isWellFormed()

/** Names with everything that a file system allows. */
const nodeName = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20 }).map((value) => Buffer.from(value)),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((value) => Buffer.from(value)),
    bytes({ minLength: 1, maxLength: 20 }),
  )
  .filter((name) => isNodeName(name, 0, name.length))

const node: fc.Arbitrary<Node> = fc.record({
  name: nodeName,
  type: fc.constantFrom(...types),
  mode: uint32,
  mtime: time,
  atime: time,
  ctime: time,
  uid: uint32,
  gid: uint32,
  user: text.filter(isWhole),
  group: text.filter(isWhole),
  inode: uint64,
  deviceId: uint64,
  size: uint64,
  links: uint64,
  linkTarget: fc.option(bytes({ minLength: 1, maxLength: 30 }), { nil: undefined }),
  extendedAttributes: fc.option(
    fc.array(fc.record({ name: text.filter(isWhole).map((key) => Buffer.from(key)), value: bytes({ maxLength: 9 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    { nil: undefined },
  ),
  genericAttributes: fc.constantFrom(undefined, Buffer.from('{"windows.file_attributes":32}')),
  device: uint64,
  content: fc.option(
    fc.nat({ max: 3 }).chain((count) => bytes({ minLength: count * 32, maxLength: count * 32 })),
    { nil: null },
  ),
  subtree: fc.option(bytes({ minLength: 32, maxLength: 32 }), { nil: undefined }),
  error: text.filter(isWhole),
  unknown: fc.constantFrom(undefined, Buffer.from('"later":{"a":[1.50,"\\u00e9"]}'), Buffer.from('"x":1,"y": null')),
})

/** The nodes of one folder, in order. */
export const folder = fc
  .uniqueArray(node, { maxLength: 8, selector: ({ name }) => name.toString('latin1') })
  .map((nodes) => nodes.toSorted((a, b) => compareNames(a.name, 0, a.name.length, b.name, 0, b.name.length)))
