import { execFileSync } from 'node:child_process'

/** Before all tests: builds the program from the source as it is now. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build:node'], { stdio: ['ignore', 'ignore', 'inherit'] })
}
