import { hostname } from 'node:os'

import { CoreError, reasonOf } from '../../base/index.ts'
import { SETTING_DEFAULTS, Settings } from '../../contract/index.ts'
import { type Catalog, readSetting, writeSetting } from '../../database/index.ts'
import { isTimeZone } from '../../policy/index.ts'

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
      if (!isTimeZone(next.timeZone)) {
        throw new CoreError('input/invalid', `There is no time zone ${next.timeZone}.`, {
          safety: 'Nothing was changed.',
          remedy: 'Give a name such as Europe/Berlin.',
          context: { field: 'timeZone' },
        })
      }
      await writeSetting(catalog.rows, SETTINGS_KEY, JSON.stringify(next))
      current = next
      return next
    },
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
