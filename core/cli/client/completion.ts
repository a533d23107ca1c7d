import type { Command } from 'commander'

import { EXIT } from '../exit-code.ts'
import { createOutput } from '../output.ts'
import { oneOf, type End } from './client-command.ts'
import { bashScript, fishScript, zshScript } from './completion/scripts.ts'
import { wordsOf } from './completion/words.ts'

const HELP = `
Examples:
  source <(holdfast completion bash)
  holdfast completion bash > /etc/bash_completion.d/holdfast
  holdfast completion zsh > ~/.zfunc/_holdfast
  holdfast completion fish > ~/.config/fish/completions/holdfast.fish
`

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** Prints what makes a shell complete commands and options: made of the very commands that there are. */
export function addCompletion(program: Command, end: End): void {
  program
    .command('completion <shell>')
    .description('print what makes bash, zsh or fish complete commands and options')
    .addHelpText('after', HELP)
    .action(async (shell: string) => {
      const script = SCRIPTS[oneOf('bash', 'zsh', 'fish')(shell)]
      await createOutput({ json: false, quiet: false }).write(script(wordsOf(program)))
      end(EXIT.done)
    })
}
