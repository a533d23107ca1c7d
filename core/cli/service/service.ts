import type { Command } from 'commander'

import type { ExitCode } from '../exit-code.ts'
import type { ServiceOptions } from './run-service.ts'

const HELP = `
The service keeps what is configured in its data folder, runs backups by their policies, and serves the console on this
computer. The first start prints a link that makes the first administrator; it works once.

Examples:
  holdfast serve
  holdfast serve --data-dir /var/lib/holdfast --port 8443
  holdfast serve --check-config
`

/** Adds the service itself. `holdfastd` is `holdfast serve`. */
export function addService(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('serve')
    .description('run the appliance: backups by their policies, and the console')
    .option('--data-dir <folder>', 'where the appliance keeps its data (HOLDFAST_DATA_DIR)')
    .option('--port <number>', 'port of the console (HOLDFAST_PORT; default 8420)')
    .option('--check-config', 'say whether it could be started, and start nothing')
    .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
    .option('--json', 'tell the address as JSON')
    .addHelpText('after', HELP)
    .action(async (options: ServiceOptions) => {
      const { runService } = await import('./run-service.ts')
      end(await runService(options))
    })
}
