import { Command, CommanderError } from 'commander'

import { CoreError } from '../base/index.ts'
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts'
import { createOutput } from './output.ts'
import { addRepoCommands } from './repo/repo.ts'
import { Interrupted } from './repo/session.ts'

/** Parses `argv`, runs the command it names, and returns what the process should end with. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let ended: ExitCode = EXIT.done
  const end = (code: ExitCode): void => {
    ended = code
  }
  const program = new Command('holdfast')
    .description('On-premises backup appliance that stores in the open format of restic.')
    .exitOverride()
    .showHelpAfterError('Use --help to see what there is.')
  program
    .command('demo')
    .description('protect this checkout in a temporary repository, and show that it comes back')
    .option('--clean', 'remove the repository and the restored files at the end')
    .action(async (options: { clean?: boolean }) => {
      const { runDemo } = await import('./demo/demo.ts')
      end(await runDemo(options))
    })
  addRepoCommands(program, end)
  try {
    await program.parseAsync(argv)
    return ended
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.failed
    createOutput({ json: argv.includes('--json'), quiet: false }).fail(error)
    if (error instanceof Interrupted) return EXIT.interrupted
    return error instanceof CoreError ? exitCodeOf(error.code) : EXIT.failed
  }
}
