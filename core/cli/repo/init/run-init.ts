import { formatInstant, systemChance, systemClock } from '../../../base/index.ts'
import { drawPolynomial, formatPolynomial, initRepository, ownIdentity } from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { createOutput } from '../../output.ts'
import { readFirstPassword } from '../password/password.ts'
import { openStorage } from '../session/open-storage.ts'
import { chunkerOfSource } from './chunker-of-source.ts'
import type { InitCommandOptions } from './init-options.ts'
import { lookAtPlace } from './place.ts'

export async function runInit(options: InitCommandOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: options.quiet ?? false })
  const storage = openStorage(options)
  const copiedPolynomial = await chunkerOfSource(options)
  const { hostname, username } = ownIdentity()
  const password = await readFirstPassword(options, process.env)
  const place = lookAtPlace(storage.location)
  const { config } = await initRepository(storage, {
    password,
    owner: { hostname, username, created: formatInstant(systemClock.now()) },
    chunkerPolynomial: copiedPolynomial ?? formatPolynomial(drawPolynomial(systemChance)),
  })
  for (const surprise of place) output.warn(surprise)
  output.say(`Made repository ${config.id.slice(0, 10)} at ${storage.location}.`)
  if (copiedPolynomial !== undefined) output.say('It cuts files as the source does.')
  output.say('Its password is the only way to what will be stored there: keep a copy elsewhere.')
  output.emit({ message_type: 'initialized', id: config.id, repository: storage.location })
  output.emit({
    message_type: 'summary',
    repository_id: config.id,
    repository: storage.location,
    version: config.version,
  })
  return EXIT.done
}
