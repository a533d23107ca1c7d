import { DAY, HOUR, idOf, instantAt, NOW } from '../world/ids.ts'
import { type Answers, byId, nameOf, type Stage } from './stage.ts'

export function answerConfiguration({ world, count: next }: Stage): Answers {
  return {
    sources: {
      list: async () => ({ items: world.sources }),
      create: async ({ name, settings }) => {
        const source = { id: idOf(3, next()), name, settings, createdAt: instantAt(NOW), sets: 0, isConnected: true }
        world.sources = [...world.sources, source]
        return source
      },
      browse: async ({ path }) => ({ items: browse(path), next: null }),
    },
    sets: {
      list: async () => ({ items: world.sets }),
      get: async ({ id }) => byId(world.sets, id),
      create: async ({ name, sourceId, vaultId, policyId, content, isEnabled, hotDays = null }) => {
        const set = {
          id: idOf(5, next()),
          name,
          content,
          isEnabled,
          hotDays,
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
          lastVerifiedAt: null,
        }
        world.sets = [...world.sets, set]
        return set
      },
    },
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
