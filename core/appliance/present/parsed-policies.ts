import type { PolicySettings } from '../../contract/index.ts'
import type { PolicyRow } from '../../database/index.ts'
import { policySettingsOf } from './stored.ts'

/** What policies say. Each is parsed when it has changed, and not as often as somebody asks. Throws what parsing throws. */
export type ParsedPolicies = (row: Pick<PolicyRow, 'id' | 'settings'>) => PolicySettings

export function createParsedPolicies(): ParsedPolicies {
  const parsed = new Map<string, { readonly text: string; readonly settings: PolicySettings }>()
  return (row) => {
    const known = parsed.get(row.id)
    if (known?.text === row.settings) return known.settings
    const settings = policySettingsOf(row)
    parsed.set(row.id, { text: row.settings, settings })
    return settings
  }
}
