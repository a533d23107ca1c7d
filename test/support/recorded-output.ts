import type { Output } from '../../core/cli/output.ts'

/** An output for programs that keeps what it is told. */
export interface RecordedOutput {
  readonly output: Output
  /** Lines of progress. */
  readonly shown: string[]
  /** Messages. */
  readonly told: Readonly<Record<string, unknown>>[]
  /** Lines for people. */
  readonly said: string[]
}

export function recordOutput(): RecordedOutput {
  const shown: string[] = []
  const told: Readonly<Record<string, unknown>>[] = []
  const said: string[] = []
  const output: Output = {
    json: true,
    quiet: false,
    columns: undefined,
    say: (line) => void said.push(line),
    warn: () => undefined,
    emit: (object) => void told.push(object),
    write: () => Promise.resolve(),
    status: (line) => void shown.push(line),
    fail: () => undefined,
  }
  return { output, shown, told, said }
}
