import { examineDataFolder, type StartFinding } from '../../appliance/index.ts'
import { CoreError } from '../../base/index.ts'
import { provePort } from '../../gateway/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'

export interface CheckStartOptions {
  readonly path: string
  /** Throws `input/invalid`. */
  readonly port: () => number
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly output: Output
}

/** Says whether the service could be started, and all that is in the way. Starts, makes and changes nothing. */
export async function checkStart({ path, port, environment, output }: CheckStartOptions): Promise<ExitCode> {
  const { findings, listen } = await examineDataFolder({ path, environment })
  const all = [...findings, await lookAtPort(port, listen.reach === 'network')]
  const problems = all.filter(({ state }) => state === 'problem')
  for (const finding of all) tell(output, finding)
  output.emit({
    message_type: 'configuration',
    data_folder: path,
    ok: problems.length === 0,
    findings: all.map(findingObject),
  })
  if (problems.length > 0) return EXIT.failed
  output.say(`The appliance in ${path} can be started.`)
  return EXIT.done
}

async function lookAtPort(port: () => number, isOpen: boolean): Promise<StartFinding> {
  try {
    await provePort({ port: port(), isOpen })
    const where = isOpen ? ', on all addresses' : ''
    return { object: 'port', state: 'good', message: `${port() === 0 ? 'A port' : `Port ${port()}`} is free${where}.` }
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    return { object: 'port', state: 'problem', error }
  }
}

function tell(output: Output, finding: StartFinding): void {
  if (finding.state !== 'problem') output.say(finding.message)
  else if (!output.json) output.fail(finding.error)
}

function findingObject(finding: StartFinding): Record<string, unknown> {
  if (finding.state !== 'problem') return finding
  const { code, message, safety, remedy, context } = finding.error
  return { object: finding.object, state: 'problem', error: code, message, safety, remedy, field: context['field'] }
}
