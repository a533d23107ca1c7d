import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'

import { CoreError, systemCode } from '../../base/index.ts'
import { SETTING_DEFAULTS, type Settings } from '../../contract/index.ts'
import { type CatalogPeek, peekCatalog } from '../../database/index.ts'
import { findSealingKey } from '../../secret/index.ts'
import { partsOf, refuseLocked, refuseStranger, unusable } from './data-folder.ts'
import { refuseForeign } from './foreign-folder.ts'
import { proveFutureFolder } from './future-folder.ts'
import { SETTINGS_KEY, settingsOf } from './settings-store.ts'

/** Something that was looked at before a start: that it is well, what to know of it, or what is in the way. */
export type StartFinding = { readonly object: StartObject } & (
  | { readonly state: 'good' | 'hint'; readonly message: string }
  | { readonly state: 'problem'; readonly error: CoreError }
)
export type StartObject = 'data-folder' | 'running' | 'catalog' | 'key' | 'settings' | 'port'

export interface ExamineOptions {
  readonly path: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What was found, and how the appliance would be reached, as far as that could be read. */
export interface Examined {
  readonly findings: readonly StartFinding[]
  readonly listen: Settings['listen']
}

/** The setting that says which key has sealed what is in the catalog. */
export const FINGERPRINT_KEY = 'sealing-key'

/** Whether an appliance could be opened on a data folder. Makes and changes nothing: no folder, no file, no mode. */
export async function examineDataFolder({ path: given, environment }: ExamineOptions): Promise<Examined> {
  const findings: StartFinding[] = []
  let listen: Settings['listen'] = SETTING_DEFAULTS.listen
  /** Undefined where it is in the way. */
  async function look<T>(object: StartObject, work: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CoreError)) throw error
      findings.push({ object, state: 'problem', error })
      return undefined
    }
  }
  const note = (object: StartObject, state: 'good' | 'hint', message: string): void =>
    void findings.push({ object, state, message })

  const mode = await look('data-folder', () => modeOf(given))
  if (mode === 'none') note('data-folder', 'good', `The data folder ${given} is not there yet, and can be made.`)
  if (mode === undefined || mode === 'none') return { findings, listen }
  const parts = partsOf(await realpath(given))
  note('data-folder', 'good', `The data folder ${parts.path} can be used.`)
  if ((mode & 0o077) !== 0)
    note('data-folder', 'hint', `Others may look into ${parts.path}. A start takes that right from them (0700).`)

  const isFree = await look('running', () => {
    refuseLocked(parts)
    return true
  })
  if (isFree !== true) return { findings, listen }
  note('running', 'good', 'No other appliance runs on it.')

  const catalog = await look('catalog', () => peekCatalog(parts.catalog))
  const key = await look('key', async () => proveKey(parts.path, environment, catalog))
  if (key !== undefined) note('key', 'good', key)
  if (catalog === undefined) return { findings, listen }
  if (catalog === 'unsettled') {
    note(
      'catalog',
      'hint',
      'The appliance was killed when it ran last. A start puts its catalog right; before that nobody looks into it.',
    )
    return { findings, listen }
  }
  note(
    'catalog',
    'good',
    catalog === 'none' ? 'There is no catalog yet: a start makes one.' : 'The catalog can be read.',
  )
  const settings = await look('settings', () =>
    settingsOf(catalog === 'none' ? undefined : catalog.setting(SETTINGS_KEY)),
  )
  if (settings) {
    listen = settings.listen
    note('settings', 'good', 'The settings can be used.')
  }
  return { findings, listen }
}

/** The mode of a folder that can be used; `none` where it could be made. */
async function modeOf(path: string): Promise<number | 'none'> {
  try {
    const { mode } = await stat(path)
    await refuseStranger(path)
    await refuseForeign(path)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return mode
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw unusable(path, error)
    await proveFutureFolder(path)
    return 'none'
  }
}

/** Whether what is sealed in the catalog can be opened, or nothing is sealed yet. */
async function proveKey(
  dataFolder: string,
  environment: ExamineOptions['environment'],
  catalog: CatalogPeek | 'none' | 'unsettled' | undefined,
): Promise<string> {
  const key = await findSealingKey({ dataFolder, environment })
  const sealedBy = typeof catalog === 'object' ? catalog.setting(FINGERPRINT_KEY) : undefined
  if (key && sealedBy !== undefined) key.prove(sealedBy)
  if (key) return 'The key that seals secrets can be used.'
  if (sealedBy === undefined) return 'There is no key yet that seals secrets: a start draws one.'
  throw new CoreError('secret/no-key', 'The key that has sealed the secrets in the catalog is not there.', {
    safety: 'What is stored in vaults is unharmed.',
    remedy:
      'Put the file `key` of the data folder back, or give the service its credential `holdfast-key`. Where it is lost, put catalog.db aside, and build the catalog anew from a vault and its recovery kit: holdfast rebuild-catalog.',
  })
}
