import type { Run } from '../../../contract/index.ts'
import type { ExitCode } from '../../exit-code.ts'
import { tellingIfStopped } from '../../stopped.ts'
import type { ClientSession } from '../client-session.ts'
import { shortId } from '../text/names.ts'
import { exitOfRun, resultParts, runName } from '../text/run-text.ts'
import { between } from '../text/when.ts'
import { writeParts } from '../text/write-list.ts'

/** Says that a run was asked for; with `wait` tells of it until it has ended, and resolves to what became of it. */
export async function toldOrAwaited(
  session: ClientSession,
  run: Run,
  wait: boolean | undefined,
): Promise<ExitCode | void> {
  const { output } = session
  if (wait !== true) {
    output.emit({ message_type: 'run', ...run })
    output.say(
      `${capital(runName(run))} is ${run.state}. \`holdfast run ${shortId(run.id)} --follow\` shows how it goes.`,
    )
    return undefined
  }
  output.say(`${capital(runName(run))}, run ${shortId(run.id)}:`)
  return awaited(session, run.id)
}

/** Tells of a run until it has ended. Who stops the command does not stop the run. */
export async function awaited(session: ClientSession, id: string): Promise<ExitCode> {
  const { output } = session
  const { followRun } = await import('./follow-run.ts')
  const short = shortId(id)
  const goesOn = `The run goes on: \`holdfast run ${short} --follow\` shows how, \`holdfast cancel ${short}\` stops it.`
  const run = await tellingIfStopped(goesOn, followRun(session, id))
  output.emit({ message_type: 'run', ...run })
  const took = run.startedAt !== null && run.endedAt !== null ? ` after ${between(run.startedAt, run.endedAt)}` : ''
  output.say(`${capital(run.state)}${took}: ${run.cause.text}`)
  writeParts(output, resultParts(run.result))
  if (run.remedy !== null) output.say(run.remedy)
  return exitOfRun(run)
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
