import { descriptorPath } from '../file-system/index.ts'
import { targetError } from './target-error.ts'

/**
 * The path of an entry of an open folder, for Node's file functions. It begins at the descriptor, so that no name above
 * can be exchanged for a symbolic link meanwhile: what the kernel's `…at` calls do, at about one microsecond.
 *
 * Fails with `target/refused` for a name that is none (empty, `.`, `..`, or with `/` or NUL in it): those of a hostile
 * snapshot would lead out of the folder.
 */
export function entryPath(folder: number, name: Uint8Array): Buffer {
  checkName(name)
  const start = descriptorPath(folder)
  const path = Buffer.allocUnsafe(start.length + 1 + name.length)
  path.write(start, 0, 'latin1')
  path[start.length] = SLASH
  path.set(name, start.length + 1)
  return path
}

const SLASH = 0x2f
const DOT = 0x2e

/** Fails with `target/refused` for what cannot be the name of an entry. */
export function checkName(name: Uint8Array): void {
  const isDots = name[0] === DOT && (name.length === 1 || (name.length === 2 && name[1] === DOT))
  if (name.length > 0 && !isDots && !name.includes(SLASH) && !name.includes(0)) return
  throw targetError(name, 'is not a name that an entry of a folder can have')
}
