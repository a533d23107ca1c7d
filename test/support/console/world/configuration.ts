import type { BackupSet, Policy, Source, User, Vault } from '../../../../core/contract/index.ts'
import { nextTimes } from '../../../../core/policy/index.ts'
import { DAY, GIB, HOUR, idOf, instantAt, NOW } from './ids.ts'
import { makePolicies, policyOf } from './policies.ts'

export interface Configuration {
  users: User[]
  vaults: Vault[]
  sources: Source[]
  policies: Policy[]
  sets: BackupSet[]
}

const NAMES = [
  'Finance shares',
  'Engineering home folders',
  'Web server content',
  'Mail archive',
  'Legal documents',
  'Build artefacts',
  'Photo library',
  'HR records',
  'CAD drawings',
  'Wiki and tickets',
  'Git repositories',
  'Lab measurements',
  'Scans inbox',
  'Customer exports',
  'Marketing assets',
  'Monitoring data',
  'Print server',
  'Configuration of switches',
  'Backup of phones',
  'Research cluster scratch',
  'Old projects',
  'Training videos',
  'Certificates',
  'Contracts 2010 to 2026',
]

export function makeConfiguration({ isFilled, isCalm }: { isFilled: boolean; isCalm: boolean }): Configuration {
  const users: User[] = (
    [
      ['admin', 'administrator'],
      ['m.weber', 'operator'],
      ['j.okafor', 'restore-only'],
      ['auditor', 'viewer'],
    ] as const
  ).map(([name, role], index) => ({
    id: idOf(1, index),
    name,
    role,
    isEnabled: true,
    hasTotp: index === 1,
    sourceRoots: role === 'restore-only' ? ['/srv/finance'] : null,
    restoreRoots: role === 'restore-only' ? ['/srv/restored'] : null,
    createdAt: instantAt(NOW - 200 * DAY),
    lastSeenAt: instantAt(NOW - index * HOUR),
  }))
  if (!isFilled) return { users: users.slice(0, 1), vaults: [], sources: [], policies: [], sets: [] }

  const vaults: Vault[] = [
    vault(0, 'Main vault', '/var/lib/vaults/main', 6900, 3100),
    {
      ...vault(1, 'Long-term archive', '/mnt/archive/vault', 11_800, isCalm ? 9000 : 640),
      kitExportedAt: isCalm ? instantAt(NOW - 90 * DAY) : null,
      kitExportedBy: isCalm ? 'admin' : null,
    },
  ]
  const sources: Source[] = [
    {
      id: idOf(3, 0),
      name: 'This appliance',
      settings: { kind: 'file-server', host: 'backup-proxy-01' },
      createdAt: instantAt(NOW - 200 * DAY),
      sets: NAMES.length,
      isConnected: true,
    },
  ]
  const policies = makePolicies()
  const sets = NAMES.map((name, index): BackupSet => {
    const protection = isCalm ? 'protected' : protectionOf(index)
    const age =
      protection === 'late' ? 3 * DAY : protection === 'failed' ? 2 * DAY + 5 * HOUR : 5 * HOUR + index * 60_000
    return {
      id: idOf(5, index),
      name,
      source: ref(sources, 0),
      vault: ref(vaults, index % 5 === 4 ? 1 : 0),
      policy: ref(policies, policyOf(index)),
      content: {
        roots: index === 0 ? ['/srv/finance'] : [`/srv/${name.toLowerCase().replaceAll(' ', '-')}`],
        excludes: ['*.tmp'],
        excludeCaches: true,
        excludeLargerThan: null,
        oneFileSystem: false,
      },
      isEnabled: protection !== 'disabled',
      hotDays: index === 0 ? 30 : null,
      createdAt: instantAt(NOW - 190 * DAY + index * HOUR),
      protection,
      points: protection === 'never' ? 0 : 120,
      newestPointAt: protection === 'never' ? null : instantAt(NOW - age),
      newestCompletePointAt:
        protection === 'never' ? null : instantAt(NOW - (protection === 'warning' ? age + DAY : age)),
      nextRunAt: protection === 'disabled' ? null : nextRunOf(policies[policyOf(index)]),
      lastRunId: null,
      runningRunId: null,
      skips: 0,
      bytesProtected: (20 + ((index * 37) % 900)) * GIB,
      lastVerifiedAt: protection === 'never' ? null : instantAt(NOW - (3 + ((index * 5) % 26)) * DAY),
    }
  })
  return { users, vaults, sources, policies, sets }
}

function nextRunOf(policy: Policy | undefined): string | null {
  const [next] = policy ? nextTimes(policy.settings.schedule, NOW, 1) : []
  return next === undefined ? null : instantAt(next)
}

function protectionOf(index: number): BackupSet['protection'] {
  if (index === 3) return 'failed'
  if (index === 12) return 'late'
  if (index === 7 || index === 1) return 'warning'
  if (index === 22) return 'never'
  return index === 20 ? 'disabled' : 'protected'
}

function vault(index: number, name: string, path: string, stored: number, free: number): Vault {
  return {
    id: idOf(2, index),
    name,
    location: { kind: 'directory', path },
    repositoryId: `${'5f2c91d07ab3'.repeat(6).slice(0, 63)}${index}`,
    createdAt: instantAt(NOW - 200 * DAY),
    state: 'ready',
    problem: null,
    kitExportedAt: instantAt(NOW - 199 * DAY),
    kitExportedBy: 'admin',
    points: 640,
    newestPointAt: instantAt(NOW - 5 * HOUR),
    bytesStored: stored * GIB,
    bytesFree: free * GIB,
    lastCheckedAt: instantAt(NOW - 3 * DAY),
    lastVerifiedAt: instantAt(NOW - 12 * DAY),
    lastPrunedAt: instantAt(NOW - 4 * DAY),
  }
}

function ref(list: readonly { id: string; name: string }[], index: number): { id: string; name: string } {
  const found = list[index]
  if (!found) throw new Error(`no ${index}`)
  return { id: found.id, name: found.name }
}
