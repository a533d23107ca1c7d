import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

import { type Abortable, CoreError } from '../../../base/index.ts'
import { Interrupted } from '../../stopped.ts'

/** Asks at the terminal, without showing what is typed. What was typed ahead answers the questions that follow. */
export async function askPasswords(questions: readonly string[], { signal }: Abortable = {}): Promise<string[]> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  const answers: string[] = []
  let stop: (() => void) | undefined
  try {
    return await new Promise<string[]>((resolve, reject) => {
      lines.on('line', (answer) => {
        process.stderr.write('\n')
        answers.push(answer)
        if (answers.length >= questions.length) resolve(answers.slice(0, questions.length))
        else process.stderr.write(questions[answers.length] ?? '')
      })
      lines.once('SIGINT', () => {
        process.stderr.write('\n')
        reject(new Interrupted('SIGINT'))
      })
      stop = () => {
        process.stderr.write('\n')
        reject(signal?.reason as Error)
      }
      if (signal?.aborted) stop()
      signal?.addEventListener('abort', stop, { once: true })
      lines.once('close', () => reject(nothingEntered()))
      process.stderr.write(questions[0] ?? '')
    })
  } finally {
    if (stop) signal?.removeEventListener('abort', stop)
    lines.close()
  }
}

function nothingEntered(): CoreError {
  return new CoreError('input/invalid', 'No password was entered.', {
    safety: 'Nothing was changed.',
    remedy: 'Start again and enter it, or name a file that holds it with --password-file.',
  })
}
