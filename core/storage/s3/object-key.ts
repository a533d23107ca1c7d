import { isFileName } from '../handle.ts'
import type { FileKind, Handle } from '../storage.ts'

// restic design.rst, "Repository Layout": the default layout, which restic uses in S3, too.
const FOLDERS = {
  key: 'keys/',
  lock: 'locks/',
  snapshot: 'snapshots/',
  index: 'index/',
  pack: 'data/',
} as const satisfies Record<Exclude<FileKind, 'config'>, string>

function below(prefix: string): string {
  return prefix === '' ? '' : `${prefix}/`
}

/** The key of a file's object. */
export function objectKey(prefix: string, { kind, name }: Handle): string {
  if (kind === 'config') return `${below(prefix)}config`
  return `${kindPrefix(prefix, kind)}${kind === 'pack' ? `${name.slice(0, 2)}/` : ''}${name}`
}

/** With what the keys of all files of a kind begin. */
export function kindPrefix(prefix: string, kind: Exclude<FileKind, 'config'>): string {
  return below(prefix) + FOLDERS[kind]
}

/** The name of the file that an object is; undefined for what is none, or lies where it could not be loaded. */
export function nameOfKey(prefix: string, kind: Exclude<FileKind, 'config'>, key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1)
  return isFileName(name) && objectKey(prefix, { kind, name }) === key ? name : undefined
}
