import { type Abortable, CoreError, DEFECT_ADVICE, reasonOf } from '../base/index.ts'
import { printable } from '../file-system/index.ts'
import { exitCodeOf } from './exit-code.ts'
import { stringify } from './json.ts'
import { outputFailure } from './standard-output.ts'
import { Interrupted, OutputClosed } from './stopped.ts'

/** Where a command says what it has to say: for people in lines, for programs as one JSON object a line. */
export interface Output {
  readonly json: boolean
  readonly quiet: boolean
  /** How many characters a line of the terminal has. Undefined where standard output is not one. */
  readonly columns: number | undefined
  /** A line for people; not shown to programs. */
  say(line: string): void
  /** A line for people that even --quiet shows, on standard error; programs get it as a message. */
  warn(line: string): void
  /** An object for programs; not shown to people. */
  emit(object: Readonly<Record<string, unknown>>): void
  /**
   * Writes to standard output as it stands, for people and programs alike: what a command was asked for. Resolves when
   * it may go on; the bytes must not change until then. Throws `OutputClosed` where nobody reads any more, and
   * `target/refused` or `target/full` where it cannot be written.
   */
  write(bytes: Uint8Array | string, options?: Abortable): Promise<void>
  /** Replaces the last line of a terminal. Nothing where standard output is not one. */
  status(line: string): void
  /** An error, in the words that belong to it. */
  fail(error: unknown): void
}

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
}

export function createOutput({ json, quiet }: OutputOptions): Output {
  const { stdout, stderr } = process
  const live = stdout.isTTY && !json && !quiet
  // A terminal that was never told its size has none.
  const columns = (): number => (stdout.columns > 0 ? stdout.columns : 80)
  let shown = false

  function clear(): void {
    if (shown) stdout.write('\r\u001B[K')
    shown = false
  }

  const output: Output = {
    json,
    quiet,
    get columns() {
      return stdout.isTTY ? columns() : undefined
    },
    say(line) {
      if (json || quiet) return
      clear()
      stdout.write(`${harmless(line)}\n`)
    },
    warn(line) {
      clear()
      if (json) output.emit({ message_type: 'warning', message: line })
      else stderr.write(`${harmless(line)}\n`)
    },
    emit(object) {
      // Ids are strings already; what is a bigint elsewhere (sizes, inodes) is written with all its digits.
      if (json) stdout.write(`${stringify(object)}\n`)
    },
    write(bytes, { signal } = {}) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        clear()
        // A reader that has stopped reading, such as a pager, must not keep the command from being stopped.
        const stop = (): void => reject(signal?.reason)
        signal?.addEventListener('abort', stop, { once: true })
        stdout.write(bytes, (error) => {
          signal?.removeEventListener('abort', stop)
          if (error) reject(outputFailure(error))
          else resolve()
        })
      })
    },
    status(line) {
      if (!live) return
      stdout.write(`\r\u001B[K${line.slice(0, Math.max(20, columns() - 1))}`)
      shown = true
    },
    fail(error) {
      clear()
      if (error instanceof OutputClosed) return
      if (json) stderr.write(`${stringify(errorObject(error))}\n`)
      else stderr.write(describeError(error))
    },
  }
  return output
}

/** What somebody else wrote (host names, paths, what a damaged document holds) must not steer the terminal. */
function harmless(text: string): string {
  return printable(Buffer.from(text))
}

/** Like restic's: `code` is what the process ends with. */
function errorObject(error: unknown): Record<string, unknown> {
  const head = { message_type: 'exit_error', code: exitCodeOf(error) }
  if (error instanceof Interrupted)
    return { ...head, error: 'interrupted', message: error.message, safety: error.outcome }
  if (!(error instanceof CoreError))
    return { ...head, error: 'internal/defect', message: String(error), ...DEFECT_ADVICE }
  const { code, message, safety, remedy, context } = error
  return { ...head, error: code, message, safety, remedy, context }
}

/** What happened, whether data is safe, what to do next. */
function describeError(error: unknown): string {
  if (error instanceof Interrupted) return `${error.message}\n`
  if (!(error instanceof CoreError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const lines = [
      'holdfast failed in a way it does not know:',
      ...stack.split('\n'),
      DEFECT_ADVICE.safety,
      DEFECT_ADVICE.remedy,
    ]
    return lines.map((line) => `${harmless(line)}\n`).join('')
  }
  return [`${error.message}${causeOf(error)}`, error.safety, error.remedy]
    .filter((line) => line !== undefined)
    .map((line) => `${harmless(line)}\n`)
    .join('')
}

/** What the system said, unless the message says it already. */
function causeOf({ message, cause }: CoreError): string {
  if (!(cause instanceof Error) || cause instanceof CoreError || message.includes(reasonOf(cause))) return ''
  return ` (${cause.message})`
}
