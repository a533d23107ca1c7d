import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

export const CONSOLE_FOLDER = resolve(import.meta.dirname, '../../../out/renderer')

/** Builds the console from the source as it is now. */
export function buildConsole(): void {
  execFileSync('npm', ['run', '--silent', 'build:renderer'], { stdio: ['ignore', 'ignore', 'inherit'] })
}
