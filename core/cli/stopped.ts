/** Thrown out of a command that the terminal or the system asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor(signalName: NodeJS.Signals) {
    super(`Stopped by ${signalName}. What is stored is safe.`)
  }
}

/** Thrown out of a command whose output is read by nobody any more, as after `| head`. That is no failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}
