import { Content, PolicySettings, SourceSettings } from '../../contract/index.ts'
import type { BackupSetRow, PolicyRow, SourceRow } from '../../database/index.ts'

/** What rows keep as JSON, by the contract's own shapes: members that came later have their defaults. */
export function contentOf({ content }: Pick<BackupSetRow, 'content'>): Content {
  return Content.parse(JSON.parse(content))
}

export function policySettingsOf({ settings }: Pick<PolicyRow, 'settings'>): PolicySettings {
  return PolicySettings.parse(JSON.parse(settings))
}

export function sourceSettingsOf({ settings }: Pick<SourceRow, 'settings'>): SourceSettings {
  return SourceSettings.parse(JSON.parse(settings))
}
