import { CoreError } from '../base/index.ts'

/** Where a command says what it has to say: for people in lines, for programs as one JSON object a line. */
export interface Output {
  readonly json: boolean
  readonly quiet: boolean
  /** A line for people; not shown to programs. */
  say(line: string): void
  /** A line for people that even --quiet shows, on standard error; programs get it as a message. */
  warn(line: string): void
  /** An object for programs; not shown to people. */
  emit(object: Readonly<Record<string, unknown>>): void
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
  let shown = false

  function clear(): void {
    if (shown) stdout.write('\r\u001B[K')
    shown = false
  }

  const output: Output = {
    json,
    quiet,
    say(line) {
      if (json || quiet) return
      clear()
      stdout.write(`${line}\n`)
    },
    warn(line) {
      clear()
      if (json) output.emit({ message_type: 'warning', message: line })
      else stderr.write(`${line}\n`)
    },
    emit(object) {
      // Ids are strings already; what is a bigint elsewhere (sizes, inodes) is written with all its digits.
      if (json) stdout.write(`${stringify(object)}\n`)
    },
    status(line) {
      if (!live) return
      stdout.write(`\r\u001B[K${line.slice(0, Math.max(20, stdout.columns - 1))}`)
      shown = true
    },
    fail(error) {
      clear()
      if (json) stderr.write(`${stringify(errorObject(error))}\n`)
      else stderr.write(describeError(error))
    },
  }
  return output
}

/** ES2026, which Node 24 has and the compiler's library has not yet. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown
  }
}

/** JSON in which bigints keep every digit. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? JSON.rawJSON(inner.toString()) : inner,
  )
}

function errorObject(error: unknown): Record<string, unknown> {
  if (!(error instanceof CoreError))
    return { message_type: 'exit_error', code: 'internal/defect', message: String(error) }
  const { code, message, safety, remedy, context } = error
  return { message_type: 'exit_error', code, message, safety, remedy, context }
}

/** What happened, whether data is safe, what to do next. */
function describeError(error: unknown): string {
  if (!(error instanceof CoreError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `holdfast failed in a way it does not know. This is a defect; please report it with these lines:\n${stack}\n`
  }
  const cause = error.cause instanceof Error && !(error.cause instanceof CoreError) ? ` (${error.cause.message})` : ''
  return [`${error.message}${cause}`, error.safety, error.remedy]
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('')
}
