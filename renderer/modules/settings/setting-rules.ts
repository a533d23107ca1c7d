import { rules } from 'virtual:setting-rules'

import type { Settings } from '../../../core/contract/index.ts'
import type { NumberKey } from './settings-draft.ts'

interface SettingRules {
  readonly limits: Readonly<Record<NumberKey, { readonly least: number; readonly most: number }>>
  readonly defaults: Readonly<Omit<Settings, 'name' | 'timeZone'>>
}

/** What the contract says of settings: what a number may be, and what holds where nobody said anything else. */
export const SETTING_RULES = rules as SettingRules
