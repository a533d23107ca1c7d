import { refuse } from '../refuse.ts'
import { DAY, GIB, HOUR, idOf, instantAt, NOW } from '../world/ids.ts'
import { PASSWORD } from './session.ts'
import { type Answers, byId, nameOf, type Stage } from './stage.ts'

export function answerConfiguration({ world, count: next }: Stage): Answers {
  return {
    vaults: {
      list: async () => ({ items: world.vaults }),
      get: async ({ id }) => byId(world.vaults, id),
      probe: async ({ location }) => probe(location.path),
      create: async ({ name, location }) => {
        const vault = { ...VAULT, id: idOf(2, next()), name, location }
        world.vaults = [...world.vaults, vault]
        return vault
      },
      exportKit: async ({ id, password }) => {
        const vault = byId(world.vaults, id)
        if (password !== PASSWORD) throw refuse('NOT_SIGNED_IN', 'identity/refused', 'The password is not right.', {})
        world.vaults = world.vaults.map((other) =>
          other.id === id ? { ...other, kitExportedAt: instantAt(NOW) } : other,
        )
        return {
          fileName: `holdfast-kit-${vault.name.toLowerCase().replaceAll(' ', '-')}.txt`,
          text: `RECOVERY KIT of ${vault.name}\n`,
        }
      },
    },
    sources: {
      list: async () => ({ items: world.sources }),
      create: async ({ name, settings }) => {
        const source = { id: idOf(3, next()), name, settings, createdAt: instantAt(NOW), sets: 0, isConnected: true }
        world.sources = [...world.sources, source]
        return source
      },
      browse: async ({ path }) => ({ items: browse(path), next: null }),
    },
    policies: {
      list: async () => ({ items: world.policies }),
      get: async ({ id }) => byId(world.policies, id),
      update: async ({ id, name, settings }) => {
        const policy = byId(world.policies, id)
        const changed = { ...policy, name: name ?? policy.name, settings: settings ?? policy.settings }
        world.policies = world.policies.map((other) => (other.id === id ? changed : other))
        return changed
      },
      create: async ({ name, settings }) => {
        const policy = {
          id: idOf(4, next()),
          name,
          settings,
          createdAt: instantAt(NOW),
          changedAt: instantAt(NOW),
          sets: 0,
        }
        world.policies = [...world.policies, policy]
        return policy
      },
    },
    sets: {
      list: async () => ({ items: world.sets }),
      get: async ({ id }) => byId(world.sets, id),
      create: async ({ name, sourceId, vaultId, policyId, content, isEnabled }) => {
        const set = {
          id: idOf(5, next()),
          name,
          content,
          isEnabled,
          source: nameOf(byId(world.sources, sourceId)),
          vault: nameOf(byId(world.vaults, vaultId)),
          policy: nameOf(byId(world.policies, policyId)),
          createdAt: instantAt(NOW),
          protection: 'never' as const,
          points: 0,
          newestPointAt: null,
          newestCompletePointAt: null,
          nextRunAt: instantAt(NOW + 20 * HOUR),
          lastRunId: null,
          runningRunId: null,
          skips: 0,
          bytesProtected: null,
        }
        world.sets = [...world.sets, set]
        return set
      },
    },
  }
}

function probe(path: string) {
  if (path.startsWith('/root')) {
    return {
      hasRepository: false,
      bytesFree: null,
      findings: [
        {
          code: 'writable' as const,
          severity: 'problem' as const,
          message: `The appliance may not write to "${path}".`,
          remedy: 'Give the folder to the user holdfast, or choose another one.',
        },
      ],
    }
  }

  return {
    hasRepository: false,
    bytesFree: 3100 * GIB,
    findings: [
      { code: 'writable' as const, severity: 'good' as const, message: 'The appliance can write there.', remedy: null },
      { code: 'free-space' as const, severity: 'good' as const, message: '3.0 TiB are free.', remedy: null },
      {
        code: 'same-disk' as const,
        severity: 'hint' as const,
        message: 'It is on the same disk as the system.',
        remedy: 'A disk that fails takes both. Choose another disk where there is one.',
      },
    ],
  }
}

function browse(path: string) {
  const names =
    path === '/'
      ? ['etc', 'home', 'srv', 'var']
      : path === '/srv'
        ? ['finance', 'engineering', 'scans', 'web']
        : ['2024', '2025', '2026', 'readme.txt']
  return names.map((name) => ({
    name,
    path: `${path === '/' ? '' : path}/${name}`,
    type: name.includes('.') ? ('file' as const) : ('folder' as const),
    size: name.includes('.') ? '1204' : null,
    modifiedAt: instantAt(NOW - DAY),
    isIncluded: null,
  }))
}

const VAULT = {
  repositoryId: '5f2c91d07ab3'.repeat(6).slice(0, 64),
  createdAt: instantAt(NOW),
  state: 'ready' as const,
  problem: null,
  kitExportedAt: null,
  points: 0,
  bytesStored: 0,
  bytesFree: 3100 * GIB,
  lastCheckedAt: null,
  lastVerifiedAt: null,
  lastPrunedAt: null,
}
