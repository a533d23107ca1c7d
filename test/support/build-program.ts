import { execFileSync } from 'node:child_process'

import { buildConsole } from './console/build-console.ts'

/** Before all tests: builds the program and the console from the source as it is now. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build:node'], { stdio: ['ignore', 'ignore', 'inherit'] })
  buildConsole()
}
