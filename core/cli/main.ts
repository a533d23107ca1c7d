import { Command, CommanderError } from 'commander'

import { CoreError, isTextArgument } from '../base/index.ts'
import { notTextError } from './byte-arguments.ts'
import { addClientCommands } from './client/client.ts'
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts'
import { createOutput } from './output.ts'
import { addRepoCommands } from './repo/repo.ts'
import { addService } from './service/service.ts'
import { watchStandardOutput } from './standard-output.ts'
import { VERSION } from './version.ts'

/** Parses `argv`, runs the command it names, and returns what the process should end with. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const json = argv.includes('--json')
  const watch = watchStandardOutput()
  const codes: ExitCode[] = []
  const end = (code: ExitCode): void => void codes.push(code)
  const program = new Command('holdfast')
    .description('On-premises backup appliance that stores in the open format of restic.')
    .version(`holdfast ${VERSION}`, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      // What is wrong with the arguments is said once, below.
      outputError: () => undefined,
    })
  program
    .command('demo')
    .description('protect this checkout in a temporary repository, and show that it comes back')
    .option('--clean', 'remove the repository and the restored files at the end')
    .action(async (options: { clean?: boolean }) => {
      const { runDemo } = await import('./demo/demo.ts')
      end(await runDemo(options))
    })
  addService(program, end)
  addClientCommands(program, end)
  addRepoCommands(program, end)
  try {
    refuseBytes(argv)
    await program.parseAsync(argv)
    const [ended = EXIT.done] = codes
    if (watch.failure && ended === EXIT.done) throw watch.failure
    return ended
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error)) return error.exitCode === 0 ? EXIT.done : EXIT.failed
    createOutput({ json, quiet: false }).fail(error instanceof CommanderError ? badArguments(error, program) : error)
    return exitCodeOf(error)
  }
}

/** Commands with arguments that may be any bytes, which say themselves of the others that they may not. */
const TAKING_BYTES = new Set(['backup', 'restore', 'ls', 'dump', 'find', 'diff', 'image'])
/** The same of those that ask a service. */
const ASKING_WITH_BYTES = new Set(['restore', 'ls'])

function refuseBytes([, , group, command, ...rest]: readonly string[]): void {
  const argument = [group, command, ...rest].find((each) => each !== undefined && !isTextArgument(each))
  if (
    argument === undefined ||
    (group === 'repo' && TAKING_BYTES.has(command ?? '')) ||
    ASKING_WITH_BYTES.has(group ?? '')
  )
    return
  throw notTextError(argument)
}

function isHelp({ exitCode, code }: CommanderError): boolean {
  return exitCode === 0 || code === 'commander.help'
}

function badArguments({ message }: CommanderError, program: Command): CoreError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  return new CoreError(
    'input/invalid',
    `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? '' : '.'}`,
    {
      safety: 'Nothing was changed.',
      remedy: nextStep(program),
    },
  )
}

/** What restic has and Holdfast has not: it works on the same repository. */
const ONLY_RESTIC = new Set('cat list migrate mount rebuild-index recover'.split(' '))

/** Who knows restic begins with the command. */
function nextStep(program: Command): string {
  const [group = '', next = ''] = program.args
  const word = group === 'repo' ? next : group
  if (ONLY_RESTIC.has(word)) return `The repository is one that restic knows: \`restic ${word}\` does it there.`
  const repo = program.commands.find((command) => command.name() === 'repo')
  const isMeant = repo?.commands.some((command) => command.name() === word) ?? false
  if (group === 'repo' || !isMeant) return 'Use --help to see what there is.'
  const isHere = program.commands.some((command) => command.name() === word)
  return isHere
    ? `Use --help to see what there is. What restic calls so is \`holdfast repo ${word}\`.`
    : `It is \`holdfast repo ${word}\`.`
}
