import { parseInstant } from '../base/index.ts'
import { FILE_STATES } from '../cloud-cache/index.ts'
import {
  findCache,
  listAgents,
  openAlerts,
  runsInStates,
  setRows,
  type VaultRow,
  vaultRows,
} from '../database/index.ts'
import { ACTIVE_STATES, PENDING_STATES } from '../job/index.ts'
import type { CacheHeld } from './caches/cache-book.ts'
import { usedCache } from './caches/vault-cache.ts'
import { describeSets } from './present/set-dto.ts'
import type { Tools } from './tools.ts'

/** What monitoring asks for, in Prometheus' text format 0.0.4. */
export async function metricsText(
  tools: Pick<Tools, 'catalog' | 'cacheBook' | 'clock' | 'version' | 'startedAt'>,
): Promise<string> {
  const { catalog, clock, version, startedAt } = tools
  const { rows } = catalog
  const text = createText()
  text.gauge('holdfast_info', 'The version that runs.', [[{ version }, 1]])
  text.gauge('holdfast_uptime_seconds', 'Since the service was started.', [[{}, (clock.now() - startedAt) / 1000]])
  const sets = await describeSets(tools, await setRows.list(rows))
  text.gauge(
    'holdfast_backup_set_protected',
    'Whether a backup set is protected as its policy says.',
    sets.map(({ name, protection }) => [{ set: name, state: protection }, protection === 'protected' ? 1 : 0]),
  )
  text.gauge(
    'holdfast_backup_set_newest_complete_point_seconds',
    'When the newest complete recovery point was made, in seconds since the epoch; 0 where there is none.',
    sets.map(({ name, newestCompletePointAt }) => [
      { set: name },
      newestCompletePointAt === null ? 0 : parseInstant(newestCompletePointAt) / 1000,
    ]),
  )
  const vaults = await vaultRows.list(rows)
  const byVault = (value: (vault: (typeof vaults)[number]) => number | null): Sample[] =>
    vaults.flatMap((vault) => {
      const measured = value(vault)
      return measured === null ? [] : [[{ vault: vault.name }, measured] as Sample]
    })
  text.gauge(
    'holdfast_vault_stored_bytes',
    'What a vault takes.',
    byVault(({ bytes_stored }) => bytes_stored),
  )
  text.gauge(
    'holdfast_vault_free_bytes',
    'What is free where a vault is.',
    byVault(({ bytes_free }) => bytes_free),
  )
  text.gauge(
    'holdfast_vault_damages',
    'Findings of damage of the last check.',
    byVault(({ check_damages }) => check_damages),
  )
  const caches = await readCaches(tools, vaults)
  text.gauge(
    'holdfast_cache_usable',
    'Whether the cache of a vault is there and can be read.',
    caches.map(({ vault, held }) => [{ vault }, held === undefined ? 0 : 1]),
  )
  text.gauge(
    'holdfast_cache_bytes',
    'What a cache knows of, by where it is: local alone, uploading, uploaded, verified in both, evicted to the cloud.',
    caches.flatMap(({ vault, held }) =>
      held === undefined ? [] : FILE_STATES.map((state) => [{ vault, state }, held[state].bytes] as Sample),
    ),
  )
  text.gauge(
    'holdfast_cache_waiting_since_seconds',
    'Since when the oldest of what the cloud has not got waits, in seconds since the epoch; 0 where nothing does.',
    caches.flatMap(({ vault, held }) =>
      held === undefined ? [] : [[{ vault }, (held.waitingSince ?? 0) / 1000] as Sample],
    ),
  )
  const agents = await listAgents(rows)
  text.gauge(
    'holdfast_agent_last_snapshot_seconds',
    'When an agent brought a snapshot last, in seconds since the epoch; 0: never.',
    agents.map(({ name, snapshot_at }) => [{ agent: name }, (snapshot_at ?? 0) / 1000]),
  )
  const runs = await runsInStates(rows, [...ACTIVE_STATES, ...PENDING_STATES])
  const states = [...ACTIVE_STATES, ...PENDING_STATES]
  text.gauge(
    'holdfast_runs',
    'Runs that have not ended, by state.',
    states.map((state) => [{ state }, runs.filter((run) => run.state === state).length]),
  )
  const alerts = await openAlerts(rows)
  text.gauge(
    'holdfast_alerts_open',
    'Open alerts, by severity.',
    (['error', 'warning', 'hint'] as const).map((severity) => [
      { severity },
      alerts.filter((alert) => alert.severity === severity).length,
    ]),
  )
  return text.whole()
}

interface CacheSample {
  readonly vault: string
  /** Undefined: it cannot be read. */
  readonly held: CacheHeld | undefined
}

async function readCaches(
  { catalog, cacheBook }: Pick<Tools, 'catalog' | 'cacheBook'>,
  vaults: readonly VaultRow[],
): Promise<CacheSample[]> {
  const samples: CacheSample[] = []
  for (const vault of vaults) {
    const cache = usedCache(vault, await findCache(catalog.rows, vault.id))
    if (cache === undefined) continue
    samples.push({ vault: vault.name, held: await cacheBook.held(cache).catch(() => undefined) })
  }
  return samples
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

function createText(): { gauge(name: string, help: string, samples: readonly Sample[]): void; whole(): string } {
  const lines: string[] = []
  return {
    gauge(name, help, samples) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`)
      for (const [labels, value] of samples) lines.push(`${name}${labelText(labels)} ${value}`)
    },
    whole: () => `${lines.join('\n')}\n`,
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
}
