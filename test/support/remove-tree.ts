import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Removes a folder whatever is in it: closed folders, which an ordinary user may not empty, and paths of any length. */
export function removeTree(folder: string): void {
  if (!existsSync(folder)) return
  execFileSync('chmod', ['-R', 'u+rwX', folder])
  execFileSync('rm', ['-rf', folder])
}
