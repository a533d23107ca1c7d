import { execFileSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const TOP = resolve(import.meta.dirname, '../../..')

export const CONSOLE_FOLDER = join(TOP, 'out/renderer')

/** Builds the console where its sources have changed since it was built last. */
export function buildConsole(): void {
  const sources = globSync('{renderer/**/*.{ts,vue,css,html,svg},core/contract/**/*.ts,package-lock.json}', {
    cwd: TOP,
    exclude: (path) => path.includes('.generated') || path.includes('node_modules'),
  })
  const changed = Math.max(...sources.map((path) => statSync(join(TOP, path)).mtimeMs))
  const built = statSync(join(CONSOLE_FOLDER, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built > changed) return
  execFileSync('npm', ['run', '--silent', 'build:renderer'], { cwd: TOP, stdio: ['ignore', 'ignore', 'inherit'] })
}
