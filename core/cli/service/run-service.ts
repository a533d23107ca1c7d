import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  defaultDataFolder,
  type Log,
  openAppliance,
  openDataFolder,
  openLog,
  type OpenedAppliance,
} from '../../appliance/index.ts'
import { CoreError, systemChance, systemClock } from '../../base/index.ts'
import { type Certificate, type Gateway, openGateway, ownCertificate } from '../../gateway/index.ts'
import { createVaultDoor, openVaultDoor, type VaultDoor } from '../../vault-door/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput, type Output } from '../output.ts'
import { VERSION } from '../version.ts'
import { checkStart } from './check-start.ts'

export interface ServiceOptions {
  readonly dataDir?: string
  readonly port?: string
  readonly checkConfig?: boolean
  readonly logLevel: string
  readonly json?: boolean
}

const PORT = 8420

/** Runs the appliance until it is asked to stop. */
export async function runService(options: ServiceOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  const path = resolve(options.dataDir ?? process.env['HOLDFAST_DATA_DIR'] ?? defaultDataFolder(process.env))
  if (options.checkConfig === true)
    return checkStart({ path, port: () => portOf(options), environment: process.env, output })
  const port = portOf(options)
  process.umask(0o077)
  await using folder = await openDataFolder(path)
  await using opened = await openLog({ folder: folder.logs, level: options.logLevel })
  const { log } = opened
  using interruption = listenForInterruption()
  const appliance = await openAppliance({
    folder,
    environment: process.env,
    version: VERSION,
    log,
    clock: systemClock,
    chance: systemChance,
    programFolder: dirname(consoleFolder()),
  })
  try {
    const { reach, hosts } = appliance.listen
    const { vaultDoor } = appliance
    const isTls = reach === 'network' || vaultDoor.reach !== 'off'
    const certificate = isTls ? await ownCertificate({ folder: folder.tls, hosts, clock: systemClock }) : undefined
    const tls = reach === 'network' ? certificate : undefined
    const gateway = await openGateway({
      appliance,
      port,
      consoleFolder: consoleFolder(),
      tls,
      log,
      clock: systemClock,
      chance: systemChance,
    })
    const door = await openAgents(appliance, certificate, log)
    const [url] = gateway.urls
    if (url !== undefined) appliance.noteConsole(url)
    try {
      tellAddress(output, gateway, appliance, tls?.cert)
      await stopped(interruption.signal)
      output.say('Stopping: runs are asked to stop, and go on when the service is started again.')
    } finally {
      await door?.close({ within: 5000 })
      await gateway.close({ within: 5000 })
    }
  } finally {
    await appliance.close()
  }
  return EXIT.done
}

/** The vault door, where somebody has said that it is to be open. */
async function openAgents(
  { vaultDoor: { reach, port, agents } }: OpenedAppliance,
  tls: Certificate | undefined,
  log: Log,
): Promise<VaultDoor | undefined> {
  if (reach === 'off') return undefined
  const listener = createVaultDoor({ ...agents, log, clock: systemClock })
  return openVaultDoor({ listener, port, host: reach === 'loopback' ? '127.0.0.1' : undefined, tls })
}

function portOf({ port = process.env['HOLDFAST_PORT'] }: ServiceOptions): number {
  if (port === undefined || port === '') return PORT
  const number = Number(port)
  if (/^\d{1,5}$/.test(port) && number <= 65_535) return number
  throw new CoreError('input/invalid', `${port} is no port.`, {
    safety: 'Nothing was started.',
    remedy: 'Give a number from 1 to 65535; 0 takes one that is free.',
  })
}

function tellAddress(
  output: Output,
  gateway: Gateway,
  { setupToken }: OpenedAppliance,
  certificate: string | undefined,
): void {
  const [url = ''] = gateway.urls
  const setup = setupToken === undefined ? undefined : `${url}/setup?token=${setupToken}`
  output.say(`Holdfast ${VERSION} is at work. Console: ${url}`)
  const fingerprint = certificate === undefined ? undefined : new X509Certificate(certificate).fingerprint256
  if (fingerprint !== undefined) output.say(`SHA-256 fingerprint of its certificate: ${fingerprint}`)
  if (setup !== undefined) {
    output.say('')
    output.say('This appliance has no administrator yet. Open this link once to make the first one:')
    output.say(`  ${setup}`)
    output.say('Without a browser: holdfast setup, which asks for it.')
  }
  output.emit({ message_type: 'listening', url, setup_url: setup, fingerprint })
}

/** Beside the program, or in the checkout that it was built in. */
function consoleFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [
    join(here, '..', 'renderer'),
    join(here, '..', '..', 'renderer'),
    join(here, '..', '..', '..', 'out', 'renderer'),
  ]
  return candidates.find((folder) => existsSync(join(folder, 'index.html'))) ?? candidates[0] ?? here
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve_) => {
    if (signal.aborted) resolve_()
    else signal.addEventListener('abort', () => resolve_(), { once: true })
  })
}
