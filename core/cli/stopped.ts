/** Thrown out of a command that the terminal or the system asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly #signalName: NodeJS.Signals
  readonly outcome: string

  /** `outcome`: what became of what was under way, and what to do next. */
  constructor(signalName: NodeJS.Signals, outcome = 'What is stored is safe.') {
    super(`Stopped by ${signalName}. ${outcome}`)
    this.#signalName = signalName
    this.outcome = outcome
  }

  /** The same, in the words of the command that was stopped. */
  telling(outcome: string): Interrupted {
    return new Interrupted(this.#signalName, outcome)
  }
}

/** What is told of a dry run that is interrupted. */
export const NOTHING_CHANGED = 'Nothing was changed.'

/** Gives what `work` rejects with when it is interrupted the words of its command. */
export async function tellingIfStopped<T>(outcome: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Interrupted ? error.telling(outcome) : error
  }
}

/** Thrown out of a command whose output is read by nobody any more, as after `| head`. That is no failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}
