import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a short text that this computer is to remember, whole or not at all, for nobody else to read. Where that cannot
 * be done, what was remembered before stays, and `false` is returned: whoever asks must be able to live with that, and with
 * nothing.
 */
export function remember(path: string, text: string): boolean {
  const made = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    rmSync(made, { force: true })
    writeFileSync(made, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true })
    renameSync(made, path)
    return true
  } catch {
    try {
      rmSync(made, { force: true })
    } catch {
      // It is in nobody's way.
    }
    return false
  }
}

/** What `remember` wrote last; undefined where there is nothing that can be read. */
export function remembered(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch {
    return undefined
  }
}
