import { type Abortable, CoreError } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import type { TreeLoader } from '../../../repository/index.ts'
import { findNode, type StoredSnapshot, type TreeReader } from '../../../snapshot/index.ts'
import { byteStringOf } from '../../byte-arguments.ts'

/** `latest:/home/ada` is the folder /home/ada of the newest snapshot. */
export function splitSnapshotPath(wanted: string): { snapshot: string; folder: string } {
  const colon = wanted.indexOf(':')
  if (colon < 0) return { snapshot: wanted, folder: '/' }
  return { snapshot: wanted.slice(0, colon), folder: wanted.slice(colon + 1) }
}

/** The names along a path, as bytes; none for the root. */
export function namesOf(path: string): Buffer[] {
  return byteStringOf(path)
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name) => Buffer.from(name, 'latin1'))
}

/** A folder in a snapshot: its tree's id. Throws `repository/not-in-repository` where there is none. */
export async function findFolder(
  trees: TreeLoader,
  snapshot: StoredSnapshot,
  path: string,
  options: Abortable = {},
): Promise<Buffer> {
  const root = Buffer.from(snapshot.tree, 'hex')
  const names = namesOf(path)
  if (names.length === 0) return root
  const { node } = await findEntry(trees, snapshot, root, names, options)
  const { subtree } = node
  if (subtree) return subtree
  throw new CoreError('input/invalid', `${shownPath(names)} in snapshot ${snapshot.id.slice(0, 8)} is no folder.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name the folder that it is in, and what is meant of it with --include; or see `holdfast repo dump`.',
  })
}

/** An entry, and where it lies. */
export interface FoundEntry {
  readonly node: TreeReader
  /** Below the tree that the search began in, as the names are stored; without a leading slash. */
  readonly path: Buffer
}

/**
 * An entry below the tree `root` of a snapshot, by the names that lead to it: at least one. A name that is not UTF-8 may
 * be written as `ls` shows it, `\xNN` for a byte. Throws `repository/not-in-repository` where there is none.
 */
export async function findEntry(
  trees: TreeLoader,
  snapshot: StoredSnapshot,
  root: Buffer,
  names: readonly Buffer[],
  options: Abortable = {},
): Promise<FoundEntry> {
  let tree: Buffer | undefined = root
  let found: TreeReader | undefined
  let path = Buffer.alloc(0)
  for (const [depth, name] of names.entries()) {
    if (!tree) throw missing(snapshot, names.slice(0, depth + 1))
    found = lookUp(await trees.load(tree, options), name, tree)
    if (!found) throw missing(snapshot, names.slice(0, depth + 1))
    path = Buffer.concat(depth > 0 ? [path, SLASH, found.name] : [found.name])
    tree = found.subtree
  }
  if (found) return { node: found, path }
  throw missing(snapshot, names)
}

function lookUp(bytes: Buffer, name: Buffer, tree: Buffer): TreeReader | undefined {
  const what = `Tree ${tree.toString('hex')}`
  return findNode(bytes, name, what) ?? (name.includes(BACKSLASH) ? findNode(bytes, unescape(name), what) : undefined)
}

const BACKSLASH = 0x5c
const SLASH = Buffer.from('/')

function unescape(name: Buffer): Buffer {
  const text = name
    .toString('latin1')
    .replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}

function missing(snapshot: StoredSnapshot, names: readonly Buffer[]): CoreError {
  const id = snapshot.id.slice(0, 8)
  return new CoreError('repository/not-in-repository', `Snapshot ${id} has no ${shownPath(names)}.`, {
    safety: 'Nothing was changed.',
    remedy: `\`holdfast repo ls ${id}\` lists what it has.`,
  })
}

function shownPath(names: readonly Buffer[]): string {
  return names.map((name) => `/${printable(name)}`).join('')
}
