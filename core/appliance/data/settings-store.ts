import { hostname } from 'node:os'

import { CoreError } from '../../base/index.ts'
import { SETTING_DEFAULTS, Settings } from '../../contract/index.ts'
import { type Catalog, readSetting, writeSetting } from '../../database/index.ts'
import { isTimeZone } from '../../policy/index.ts'

/** The appliance's settings, as they are now. */
export interface SettingsStore {
  readonly current: Settings
  /** Throws `input/invalid`. */
  update(change: { readonly [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>
}

const KEY = 'settings'

/** Everything works as it is. */
function defaultSettings(): Settings {
  return {
    name: hostname().slice(0, 60) || 'holdfast',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...SETTING_DEFAULTS,
  }
}

export async function openSettings(catalog: Catalog): Promise<SettingsStore> {
  const stored = await readSetting(catalog.rows, KEY)
  // What an older version has not known has its default; what this one does not know any more is dropped.
  let current = Settings.parse({ ...defaultSettings(), ...known(stored) })
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
      await writeSetting(catalog.rows, KEY, JSON.stringify(next))
      current = next
      return next
    },
  }
}

function known(stored: string | undefined): Partial<Settings> {
  if (stored === undefined) return {}
  const parsed = JSON.parse(stored) as Record<string, unknown>
  return Object.fromEntries(Object.entries(parsed).filter(([key]) => key in Settings.shape))
}
