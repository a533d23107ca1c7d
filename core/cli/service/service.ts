import { type Command, Option } from 'commander'

import type { ExitCode } from '../exit-code.ts'
import type { RebuildCommandOptions } from './run-rebuild.ts'
import type { ServiceOptions } from './run-service.ts'

const HELP = `
The service keeps what is configured in its data folder, runs backups by their policies, and serves the console on this
computer. The first start prints a link that makes the first administrator, in a browser or with \`holdfast setup\`; it works
once.

--check-config looks at the data folder, its owner, catalog, key and settings, whether an appliance runs on it, and the port. It
makes and changes nothing. Exit codes: 0 it can be started, 1 something is in the way.

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
    .option('--check-config', 'say whether it could be started and what is in the way; make and start nothing')
    .addOption(
      new Option('--log-level <level>', 'how much its log tells')
        .choices(['trace', 'debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .option('--json', 'tell the address as JSON')
    .addHelpText('after', HELP)
    .action(async (options: ServiceOptions) => {
      const { runService } = await import('./run-service.ts')
      end(await runService(options))
    })
  program
    .command('rebuild-catalog')
    .description('build the catalog of a lost appliance anew, from one of its vaults')
    .requiredOption('--vault <place>', 'where the vault is now: a folder, or s3:https://HOST/BUCKET/FOLDER')
    .requiredOption('-p, --password-file <file>', "a file that holds the vault's password")
    .requiredOption('--key-file <file>', 'a file that holds the catalog key of the recovery kit')
    .option('--data-dir <folder>', 'data folder of the new appliance (HOLDFAST_DATA_DIR)')
    .option('--json', 'tell what was built as JSON')
    .addHelpText('after', REBUILD_HELP)
    .action(async (options: RebuildCommandOptions) => {
      const { runRebuild } = await import('./run-rebuild.ts')
      end(await runRebuild(options))
    })
}

const REBUILD_HELP = `
Both secrets are in the vault's recovery kit. Copies of the catalog that are not signed with the key are refused: somebody who
could write into the vault may have forged them. The data folder must not have a catalog yet.
The access key of a vault in S3 is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, its region in AWS_REGION.

Examples:
  holdfast rebuild-catalog --vault /backup/vault -p vault-password --key-file catalog-key
  holdfast rebuild-catalog --vault s3:https://s3.example.com/bucket -p vault-password --key-file catalog-key
  holdfast rebuild-catalog --data-dir /var/lib/holdfast --vault /backup/vault -p vault-password --key-file catalog-key
`
