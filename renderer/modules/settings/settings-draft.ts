import type { Settings } from '../../../core/contract/index.ts'

/** Settings as a form holds them. A number that was emptied is an empty text, as inputs have it. */
export interface SettingsDraft extends Record<NumberKey, number | ''> {
  name: string
  timeZone: string
  /** `06:00`. */
  maintenanceAt: string
  reach: Settings['listen']['reach']
  /** One a line. */
  hosts: string
  doorReach: Settings['vaultDoor']['reach']
  doorPort: number | ''
}

export type NumberKey = { [K in keyof Settings]: Settings[K] extends number ? K : never }[keyof Settings]
export type SettingKey = keyof Settings

export function draftOf({ listen, vaultDoor, ...settings }: Settings): SettingsDraft {
  return {
    ...settings,
    reach: listen.reach,
    hosts: listen.hosts.join('\n'),
    doorReach: vaultDoor.reach,
    doorPort: vaultDoor.port,
  }
}

/** What a person has typed, upon settings that somebody else has changed meanwhile. */
export function rebased(draft: SettingsDraft, before: Settings, now: Settings): SettingsDraft {
  const was = draftOf(before)
  const typed = Object.entries(draft).filter(([key, value]) => value !== was[key as keyof SettingsDraft])
  return { ...draftOf(now), ...Object.fromEntries(typed) }
}

/** What of these settings a person has changed: others are not sent, so that nobody undoes what somebody else did. */
export function changesOf(draft: SettingsDraft, before: Settings, keys: readonly SettingKey[]): Partial<Settings> {
  const now = settingsOf(draft)
  return Object.fromEntries(
    keys.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(before[key])).map((key) => [key, now[key]]),
  )
}

/** As it would be sent: an emptied number is sent as it is, and refused with the field named. */
function settingsOf({ reach, hosts, doorReach, doorPort, ...rest }: SettingsDraft): Record<SettingKey, unknown> {
  return {
    ...rest,
    name: rest.name.trim(),
    listen: { reach, hosts: hostsOf(hosts) },
    vaultDoor: { reach: doorReach, port: doorPort },
  }
}

/** Names and addresses, one each, without what else an address line shows: `https://nas:8443/` is `nas`. */
export function hostsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).map(hostOf))].filter((host) => host !== '')
}

function hostOf(text: string): string {
  const host = text.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')
  const inBrackets = /^\[([^\]]*)\]/.exec(host)?.[1]
  if (inBrackets !== undefined) return inBrackets
  // An address of version 6 has several colons, and no port without brackets.
  return host.split(':').length === 2 ? host.replace(/:.*$/, '') : host
}

/**
 * What a change of who can reach the console means for people.
 *
 * - `opens`: from the network, where only this computer could.
 * - `closes`: the other way round.
 * - `no-host`: from the network, but by no name.
 * - `locks-out`: no longer by the name that this page was reached by.
 */
export type ReachWarning = 'opens' | 'closes' | 'no-host' | 'locks-out'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])

export function reachWarnings(
  { reach, hosts }: Pick<SettingsDraft, 'reach' | 'hosts'>,
  before: Settings['listen'],
  pageHost: string,
): ReachWarning[] {
  if (reach === 'loopback') return before.reach === 'network' ? ['closes'] : []
  const names = hostsOf(hosts).map((host) => host.toLowerCase())
  const own = pageHost.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return [
    ...(before.reach === 'loopback' ? (['opens'] as const) : []),
    ...(names.length === 0 ? (['no-host'] as const) : []),
    ...(names.length > 0 && !LOOPBACK.has(own) && !names.includes(own) ? (['locks-out'] as const) : []),
  ]
}
