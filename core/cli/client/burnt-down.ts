import type { Command } from 'commander'

import { formatBytes, formatDuration } from '../../base/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
What could be restored if this computer and all its disks were gone: only what is in S3 counts as elsewhere.
Ends with 3 where anything would be lost.

Examples:
  holdfast burnt-down
  holdfast burnt-down --json
`

export function addBurntDown(program: Command, end: End): void {
  clientCommand(program, 'burnt-down', 'what could be restored if this computer burnt down now')
    .addHelpText('after', HELP)
    .action(async (options: ClientOptions) => end(await withClient(options, burntDown)))
}

async function burntDown({ client, output, signal }: ClientSession): Promise<ExitCode> {
  const { items, bytesWaiting } = await client.overview.burntDown(undefined, { signal })
  writeList(output, {
    type: 'burnt-down',
    items,
    columns: [
      { title: 'Set', narrow: 'broken' },
      { title: 'Vault', narrow: 'broken' },
      { title: 'Newest point' },
      { title: 'Newest elsewhere' },
      { title: 'Lost' },
      { title: 'Points lost', align: 'right' },
    ],
    row: ({ set, vault, newestAt, offSiteAt, gapSeconds, pointsLost }) => [
      set.name,
      vault.name,
      when(newestAt, 'none'),
      when(offSiteAt, 'NONE'),
      newestAt === null
        ? ''
        : gapSeconds === null
          ? 'all of it'
          : gapSeconds === 0
            ? 'nothing'
            : formatDuration(gapSeconds * 1000),
      String(pointsLost),
    ],
    empty: 'Nothing is protected yet. `holdfast set add` says what is to be.',
  })
  if (bytesWaiting > 0) output.say(`${formatBytes(bytesWaiting)} wait in caches to be sent.`)
  return items.some(({ pointsLost }) => pointsLost > 0) ? EXIT.warnings : EXIT.done
}
