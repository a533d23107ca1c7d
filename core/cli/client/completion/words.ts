import type { Command } from 'commander'

/** What may follow a command. */
export interface CommandWords {
  /** `holdfast vault add`: without the program's name, words with a blank between them. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly description: string }[]
}

/** What may follow each command, from the program itself on. */
export function wordsOf(command: Command, path = ''): CommandWords[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  const options = help.visibleOptions(command)
  const own = {
    path,
    words: [
      ...commands.map((each) => ({ word: each.name(), description: help.subcommandDescription(each) })),
      ...options.flatMap(({ long, description }) => (long == null ? [] : [{ word: long, description }])),
    ],
  }
  return [
    own,
    ...commands
      .filter((each) => each.name() !== 'help')
      .flatMap((each) => wordsOf(each, `${path} ${each.name()}`.trim())),
  ]
}
