import type { Command } from 'commander'

import { EXIT, type ExitCode } from '../exit-code.ts'
import { type End, repoCommand } from './repo-command.ts'
import type { RepoOptions } from './session.ts'

export function addInit(repo: Command, end: End): void {
  repoCommand(repo, 'init', 'make a new repository')
    .addHelpText(
      'after',
      `
The password is the only way to what is stored. Keep a copy of it where the repository is not.

Example:
  holdfast repo init -r /backup/vault -p /etc/holdfast/password
`,
    )
    .action(async (options: RepoOptions) => end(await init(options)))
}

async function init(options: RepoOptions): Promise<ExitCode> {
  const { formatInstant, systemChance, systemClock } = await import('../../base/index.ts')
  const { drawPolynomial, formatPolynomial, initRepository, ownIdentity } = await import('../../repository/index.ts')
  const { createOutput } = await import('../output.ts')
  const { readFirstPassword } = await import('./password/password.ts')
  const { openStorage } = await import('./session.ts')
  const output = createOutput({ json: options.json ?? false, quiet: options.quiet ?? false })
  const storage = openStorage(options)
  const { hostname, username } = ownIdentity()
  const { config } = await initRepository(storage, {
    password: await readFirstPassword(options, process.env),
    owner: { hostname, username, created: formatInstant(systemClock.now()) },
    chunkerPolynomial: formatPolynomial(drawPolynomial(systemChance)),
  })
  output.say(`Made repository ${config.id.slice(0, 10)} at ${storage.location}.`)
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
