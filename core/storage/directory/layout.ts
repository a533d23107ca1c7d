import { join } from 'node:path'

import type { FileKind, Handle } from '../storage.ts'

// restic design.rst, "Repository Layout": the default layout.
const FOLDERS = {
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  pack: 'data',
} as const satisfies Record<Exclude<FileKind, 'config'>, string>

/** Packs lie in one folder for each first byte of their names. */
export const PACK_PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

export function isPackPrefix(folder: string): boolean {
  return /^[0-9a-f]{2}$/.test(folder)
}

/** Every folder right below the root. */
export const KIND_FOLDERS: readonly string[] = Object.values(FOLDERS)

/** The folder of a kind: where all its files lie, packs one level deeper. */
export function kindFolder(root: string, kind: FileKind): string {
  return kind === 'config' ? root : join(root, FOLDERS[kind])
}

/** The folder that holds the file itself. */
function folderOf(root: string, { kind, name }: Handle): string {
  return kind === 'pack' ? join(root, FOLDERS.pack, name.slice(0, 2)) : kindFolder(root, kind)
}

export function pathOf(root: string, handle: Handle): string {
  return join(folderOf(root, handle), handle.kind === 'config' ? 'config' : handle.name)
}
