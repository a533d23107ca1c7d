import { type Command, InvalidArgumentError } from 'commander'

import type { ExitCode } from '../exit-code.ts'

/** Says what the process should end with. */
export type End = (code: ExitCode) => void

/** What every command takes that asks the service. */
export interface ClientOptions {
  readonly url?: string
  readonly caFile?: string
  readonly json?: boolean
}

/** A command that asks the service, with the options that all of them take. How they speak is imported when one runs. */
export function clientCommand(parent: Command, nameAndArguments: string, description: string): Command {
  return parent
    .command(nameAndArguments)
    .description(description)
    .option('--url <address>', 'the service (HOLDFAST_URL; default: the one you signed in to, else this computer)')
    .option('--ca-file <file>', 'the authority that has signed its certificate, in PEM')
    .option('--json', 'one JSON object a line, with the names that the API has')
}

/** A command that only holds others. Its help ends that of each of them. */
export function groupCommand(program: Command, name: string, description: string, help: string): Command {
  return program.command(name).description(description).addHelpText('afterAll', help)
}

/** Adds an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

/** A whole number from `least` to `most`. */
export function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
  }
}

/** One of a few words. */
export function oneOf<T extends string>(...words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`Give ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}.`)
  }
}
