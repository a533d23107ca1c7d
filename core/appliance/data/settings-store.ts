import { isIP } from 'node:net'
import { hostname } from 'node:os'

import { CoreError, reasonOf } from '../../base/index.ts'
import { SETTING_DEFAULTS, Settings } from '../../contract/index.ts'
import { type Catalog, readSetting, writeSetting } from '../../database/index.ts'
import { isTimeZone } from '../../policy/index.ts'
import { badField } from '../present/refusals.ts'

/** The appliance's settings, as they are now. */
export interface SettingsStore {
  readonly current: Settings
  /** Throws `input/invalid`. */
  update(change: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>
}

export const SETTINGS_KEY = 'settings'

/** Everything works as it is. */
function defaultSettings(): Settings {
  return {
    name: hostname().slice(0, 60) || 'holdfast',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...SETTING_DEFAULTS,
  }
}

export async function openSettings(catalog: Catalog): Promise<SettingsStore> {
  let current = settingsOf(await readSetting(catalog.rows, SETTINGS_KEY))
  return {
    get current() {
      return current
    },
    async update(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
      const next = Settings.parse({ ...current, ...given })
      if (!isTimeZone(next.timeZone))
        throw badField('timeZone', `There is no time zone ${next.timeZone}.`, 'Give a name such as Europe/Berlin.')
      if (change.listen !== undefined) refuseUnreachable(next.listen)
      await writeSetting(catalog.rows, SETTINGS_KEY, JSON.stringify(next))
      current = next
      return next
    },
  }
}

/** By these a computer reaches itself, and nobody else reaches it. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/**
 * A door that answers to no name shuts out everybody, at the next start: it is said now, to somebody who can still mend it.
 * What is stored already is left alone, so that the service starts.
 */
function refuseUnreachable({ reach, hosts }: Settings['listen']): void {
  const odd = hosts.find((host) => isIP(host) === 0 && !/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?\.?$/i.test(host))
  if (odd !== undefined) {
    throw badField(
      'listen.hosts',
      `${JSON.stringify(odd)} is neither the name of a computer nor an address.`,
      'Give what stands between https:// and the port: nas.example, 192.0.2.7 or 2001:db8::7.',
    )
  }
  if (reach === 'network' && hosts.every((host) => LOOPBACK.has(host.toLowerCase()))) {
    throw badField(
      'listen.hosts',
      'From the network the console would be reached by no name.',
      'Give the names and addresses by which other computers reach this one, together with the reach or before it (`holdfast settings listen.hosts nas.example,192.0.2.7`).',
    )
  }
}

/**
 * Settings as they are stored. What an older version has not known has its default; what this one does not know any more is
 * dropped. Throws `input/invalid` for the first that cannot be used: somebody else has written there.
 */
export function settingsOf(stored: string | undefined): Settings {
  if (stored === undefined) return defaultSettings()
  const parsed = Settings.safeParse({ ...defaultSettings(), ...known(stored) })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw badStored(issue?.path.join('.') ?? '', issue?.message ?? '')
  }
  return parsed.data
}

function known(stored: string): Partial<Settings> {
  const parsed = asObject(stored)
  return Object.fromEntries(Object.entries(parsed).filter(([key]) => key in Settings.shape))
}

function asObject(stored: string): object {
  try {
    const parsed: unknown = JSON.parse(stored)
    if (typeof parsed === 'object' && parsed !== null) return parsed
    throw new TypeError('they are no object')
  } catch (error) {
    throw badStored('', reasonOf(error))
  }
}

function badStored(field: string, why: string): CoreError {
  const what = field === '' ? 'The settings in the catalog' : `The setting ${field} in the catalog`
  return new CoreError('input/invalid', `${what} cannot be used: ${why.replace(/\.$/, '')}.`, {
    safety: 'Nothing was changed. Recovery points in vaults are safe.',
    remedy:
      'Mend it in catalog.db (table `setting`, key `settings`), or remove that row: then all settings are as of a new appliance, and sets, policies and vaults stay. While nobody has the catalog open: sqlite3 catalog.db "DELETE FROM setting WHERE key = \'settings\'"',
    context: { ...(field !== '' && { field }) },
  })
}
