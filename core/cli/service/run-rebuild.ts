import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import { defaultDataFolder, openDataFolder, rebuildCatalog } from '../../appliance/index.ts'
import { CoreError, formatCounted, systemChance } from '../../base/index.ts'
import type { VaultPlace } from '../../vault/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput } from '../output.ts'
import { bucketOfArgument, isBucketArgument } from '../place-argument.ts'

export interface RebuildCommandOptions {
  readonly dataDir?: string
  readonly vault: string
  readonly passwordFile: string
  readonly keyFile: string
  readonly json?: boolean
}

/** Builds the catalog of a lost appliance anew. Nobody else may use the data folder meanwhile. */
export async function runRebuild(options: RebuildCommandOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  const path = resolve(options.dataDir ?? process.env['HOLDFAST_DATA_DIR'] ?? defaultDataFolder(process.env))
  process.umask(0o077)
  const password = await secretIn(options.passwordFile, 'password')
  const catalogKey = await secretIn(options.keyFile, 'catalog key')
  await using folder = await openDataFolder(path)
  using interruption = listenForInterruption()
  const { signal } = interruption
  const rebuilt = await rebuildCatalog({
    folder,
    environment: process.env,
    place: placeIn(options.vault),
    password,
    catalogKey,
    chance: systemChance,
    signal,
  })
  const { appliance, made, vaults, sets, points } = rebuilt
  output.say(
    `The catalog of ${appliance} is back as it was at ${made}: ${formatCounted(vaults, 'vault')}, ${formatCounted(sets, 'backup set')}, ${formatCounted(points, 'recovery point')}.`,
  )
  output.say('Recovery points that were made later are found when the service is started. Users sign in as they did.')
  output.say(
    'Sessions and API tokens are gone: sign in anew everywhere (holdfast login), and make tokens for programs anew (holdfast token create).',
  )
  output.emit({ message_type: 'rebuilt', appliance, made, vaults, sets, points, tokens_lost: true, data_folder: path })
  return EXIT.done
}

function placeIn(argument: string): VaultPlace {
  if (!isBucketArgument(argument)) return { kind: 'directory', path: resolve(argument) }
  const { location, credentials } = bucketOfArgument(argument, process.env)
  return { ...location, credentials }
}

async function secretIn(path: string, what: string): Promise<string> {
  try {
    const [line = ''] = (await readFile(path, 'utf8')).split('\n')
    return line.replace(/\r$/, '')
  } catch (error) {
    throw new CoreError('input/invalid', `The file ${path} with the ${what} cannot be read.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Check its name and who may read it.',
    })
  }
}
