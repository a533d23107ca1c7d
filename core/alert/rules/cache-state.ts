import { formatBytes, formatCounted } from '../../base/index.ts'
import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, CacheFacts, VaultFacts } from '../facts.ts'
import { formatMoment, quoted, sentence } from '../words.ts'
import { asBefore, DAY, makeAlert, openOne, vaultObject } from './make-alert.ts'

/** Over a weekend without windows nobody needs to be told. */
const BEHIND = 3 * DAY

const HELD: Readonly<Record<NonNullable<CacheFacts['held']>, readonly [why: string, remedy: string]>> = {
  incomplete: [
    'Nobody has said yet when and how fast the cache may send (CC-4).',
    'Give the cache windows, each with a limit.',
  ],
  paused: ['Somebody has paused it.', 'Resume it, or sync once by hand.'],
}

/** `cache-unusable`, `cache-damaged`, and `cache-behind` where the cloud has not got for days what the cache holds. */
export function cacheStateAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  return facts.vaults.flatMap((vault) => (vault.cache === null ? [] : alertsOf(vault, vault.cache, facts, now)))
}

function alertsOf(vault: VaultFacts, cache: CacheFacts, facts: AlertFacts, now: number): WantedAlert[] {
  const object = vaultObject(vault)
  // How far the cloud is behind nobody knows while the cache is away.
  if (cache.problem !== null)
    return [unusable(vault, cache), ...asBefore(openOne(facts, 'cache-behind', object), object)]
  const { waitingSince, damage } = cache
  const damaged = damage.healed + damage.lasting === 0 ? [] : [damagedAlert(vault, damage)]
  if (waitingSince === null || now - waitingSince <= BEHIND) return damaged
  return [...damaged, behind(vault, { ...cache, waitingSince }, facts)]
}

function damagedAlert(vault: VaultFacts, { healed, lasting, last }: CacheFacts['damage']): WantedAlert {
  const name = quoted(vault.name)
  const what = last === undefined ? '' : ` The last: ${sentence(last.what)}`
  return makeAlert({
    kind: 'cache-damaged',
    severity: lasting > 0 ? 'error' : 'warning',
    object: vaultObject(vault),
    message:
      lasting > 0
        ? `${formatCounted(lasting, 'file')} of vault ${name} ${lasting === 1 ? 'is' : 'are'} damaged, and neither the cache nor the cloud has a whole copy. Nothing of it is handed out; recovery points that need it are not whole.${what}`
        : `${formatCounted(healed, 'file')} of the cache of vault ${name} ${healed === 1 ? 'was' : 'were'} damaged and brought back from the cloud. Nothing is lost.${what}`,
    remedy:
      lasting > 0
        ? 'Check the vault: it names the recovery points. Keep their sources as they are, and look for a failing disk.'
        : 'Look for a failing disk below the cache: a sound one does not do that.',
  })
}

function unusable(vault: VaultFacts, { problem }: CacheFacts): WantedAlert {
  return makeAlert({
    kind: 'cache-unusable',
    severity: 'error',
    object: vaultObject(vault),
    message:
      `The cache of vault ${quoted(vault.name)} cannot be used: ${sentence(problem ?? '')} ` +
      'What the cloud has can be restored; what is newer only once the cache is back. Backups go directly to the cloud meanwhile.',
    remedy: 'See that its disk is there, mounted where it was, and sound.',
  })
}

function behind(
  vault: VaultFacts,
  { waitingSince, bytesWaiting, held }: CacheFacts & { readonly waitingSince: number },
  { settings }: AlertFacts,
): WantedAlert {
  const [why, remedy] = (held && HELD[held]) ?? [
    'The windows leave too little time, or syncs fail.',
    'Look at the syncs of this vault, and at its windows: the simulator says whether they are enough.',
  ]
  return makeAlert({
    kind: 'cache-behind',
    severity: 'warning',
    object: vaultObject(vault),
    message:
      `What was backed up to vault ${quoted(vault.name)} is not in the cloud since ${formatMoment(waitingSince, settings.timeZone)}: ` +
      `${formatBytes(bytesWaiting)} wait. ${why} If this appliance burnt down now, that would be lost.`,
    remedy,
  })
}
