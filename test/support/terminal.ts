import { spawn } from 'node:child_process'
import { constants } from 'node:os'

import { noteGiven } from './given-options.ts'
import { PROGRAM } from './program.ts'

/** How a run at a terminal ended, with all that was shown there. */
export interface ShownAndEnded {
  readonly code: number | null
  readonly shown: string
}

/** Runs the real program at a terminal of its own, of 80 characters a line, and types an answer, or sends a signal, whenever a question ends what is shown. */
export function runAtTerminal(
  args: readonly string[],
  answers: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ShownAndEnded> {
  noteGiven(args)
  const program = [process.execPath, PROGRAM, ...args].map((arg) => `'${arg}'`).join(' ')
  const command = `stty columns 80; echo "pid $$"; exec ${program}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...process.env, ...env },
  })
  const left = [...answers]
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (!shown.endsWith(': ')) return
    const answer = left.shift()
    if (isSignal(answer)) process.kill(Number(/^pid (\d+)/.exec(shown)?.[1]), answer)
    else if (answer !== undefined) child.stdin.write(`${answer}\r`)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, shown }))
  })
}

function isSignal(answer: string | undefined): answer is NodeJS.Signals {
  return answer !== undefined && answer in constants.signals
}
