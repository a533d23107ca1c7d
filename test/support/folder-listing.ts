import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

import { kindOf, openSystemCalls, printable } from '../../core/file-system/index.ts'
import { createAttributeReader } from '../../core/source/index.ts'

const attributes = createAttributeReader(openSystemCalls())

/**
 * Everything below a folder that a backup keeps, one line an entry: kind, mode, owner, time, size, content, where a link
 * points, which device, which other names, extended attributes. Sizes and times of the folder itself are left out.
 */
export function listTree(folder: string): string[] {
  const names = new Map<string, string>()
  return walk(Buffer.from(folder)).map((path) => {
    const stat = lstatSync(path, { bigint: true })
    const kind = kindOf(stat) ?? '?'
    const shown = printable(path.subarray(folder.length + 1))
    const inode = `${stat.dev}:${stat.ino}`
    const first = names.get(inode) ?? shown
    names.set(inode, first)
    return [
      shown,
      kind,
      (stat.mode & 0o7777n).toString(8),
      `${stat.uid}:${stat.gid}`,
      stat.mtimeNs,
      ...(kind === 'file' ? [stat.size, createHash('sha256').update(readFileSync(path)).digest('hex')] : []),
      ...(kind === 'symlink' ? [printable(readlinkSync(path, { encoding: 'buffer' }))] : []),
      ...(kind === 'chardev' || kind === 'dev' ? [stat.rdev] : []),
      ...(kind !== 'dir' && stat.nlink > 1n ? [`= ${first}`] : []),
      ...attributes
        .read(path, (_name, error) => fail(error))
        .map(({ name, value }) => `${printable(name)} ${value.toString('hex')}`),
    ].join(' | ')
  })
}

/** What tells whether an entry was touched: inode and change time of everything below a folder. */
export function listTouched(folder: string): Map<string, string> {
  const all = walk(Buffer.from(folder)).map((path): [string, string] => {
    const { ino, ctimeNs } = lstatSync(path, { bigint: true })
    return [printable(path.subarray(folder.length + 1)), `${ino} ${ctimeNs}`]
  })
  return new Map(all)
}

function walk(folder: Buffer, paths: Buffer[] = []): Buffer[] {
  for (const name of readdirSync(folder, { encoding: 'buffer' }).toSorted((a, b) => a.compare(b))) {
    const path = Buffer.concat([folder, Buffer.from('/'), name])
    paths.push(path)
    if (lstatSync(path).isDirectory()) walk(path, paths)
  }
  return paths
}

function fail(error: unknown): never {
  throw error
}
