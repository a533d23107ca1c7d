import type { AlertKind, AlertObject } from './alert.ts'
import { quoted } from './words.ts'

type Title = (name: string, object: AlertObject) => string

const TITLES: Readonly<Record<AlertKind, Title>> = {
  'run-failed': (name, { type }) => `${runOf(name, type)} failed`,
  'run-warning': (name, { type }) => `${runOf(name, type)} ended with a warning`,
  'restore-failed': (name) => `Restore of ${name} failed`,
  'restore-incomplete': (name) => `Restore of ${name} is not complete`,
  'rpo-breached': (name) => `Backup of ${name} is overdue`,
  'disk-nearly-full': (name, { type }) =>
    type === 'vault' ? `Disk of vault ${name} is nearly full` : 'Disk of the data folder is nearly full',
  'kit-not-exported': (name) => `Recovery kit of vault ${name} was not exported`,
  'not-verified': (name) => `Backups of ${name} were not verified`,
  'needs-confirmation': (name) => `${name} waits for a confirmation`,
  'vault-unreachable': (name) => `Vault ${name} cannot be reached`,
  'damage-found': (name) => `Vault ${name} is damaged`,
  'agent-overdue': (name) => `An agent of vault ${name} has not backed up`,
  'cache-unusable': (name) => `Cache of vault ${name} cannot be used`,
  'cache-damaged': (name) => `Cache of vault ${name} had damaged files`,
  'cache-behind': (name) => `Vault ${name} is not sent to the cloud`,
  'catalog-not-backed-up': () => 'The catalog was not backed up',
  'delivery-failed': (_, { id }) => `Alerts do not arrive by ${id === 'mail' ? 'mail' : 'the webhook'}`,
}

/** An alert in a few words, for the subject of a mail. */
export function titleOf({ kind, object }: { readonly kind: AlertKind; readonly object: AlertObject }): string {
  return TITLES[kind](quoted(object.name), object)
}

function runOf(name: string, type: AlertObject['type']): string {
  return type === 'vault' ? `Maintenance of vault ${name}` : `Backup of ${name}`
}
