import type { Settings } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'
import type { SettingKey } from './settings-draft.ts'

interface Fact {
  readonly key: string
  readonly label: string
  readonly value: string
}

/** Settings by name and value, in words. */
export function settingFacts(
  settings: Settings,
  keys: readonly SettingKey[],
  { t }: Pick<Text, 't'>,
  format: Pick<Format, 'number'>,
): Fact[] {
  return keys.flatMap((key): Fact[] => {
    if (key === 'listen') {
      const { reach, hosts } = settings.listen
      return [
        { key: 'reach', label: t('settings.label.reach'), value: t(`settings.reach.${reach}`) },
        {
          key: 'hosts',
          label: t('settings.label.hosts'),
          value: hosts.length === 0 ? t('controls.none') : hosts.join('\n'),
        },
      ]
    }
    if (key === 'vaultDoor') {
      const { reach, port } = settings.vaultDoor
      return [
        { key: 'doorReach', label: t('settings.label.doorReach'), value: t(`settings.door.${reach}`) },
        { key: 'doorPort', label: t('settings.label.doorPort'), value: String(port) },
      ]
    }
    const value = settings[key]
    const words = typeof value === 'number' ? format.number(value) : value
    return [{ key, label: t(`settings.label.${key}`), value: words }]
  })
}

/** What is so now, and was not before. */
export function changedFacts(
  before: readonly Fact[],
  now: readonly Fact[],
): { label: string; was: string; is: string }[] {
  return now.flatMap(({ key, label, value }) => {
    const was = before.find((other) => other.key === key)?.value ?? ''
    return was === value ? [] : [{ label, was: oneLine(was), is: oneLine(value) }]
  })
}

const oneLine = (text: string): string => text.replaceAll('\n', ', ')
