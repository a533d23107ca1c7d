import type { Source } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { DAY, instantAt, NOW } from '../world/ids.ts'
import { type Answers, byId, nameOf, pageOf, type Stage } from './stage.ts'

/** Changes of what is protected. */
export function answerProtection({ world, live }: Stage): Answers {
  return {
    sources: {
      update: async ({ id, name }) => {
        const source: Source = { ...byId(world.sources, id), ...(name !== undefined && { name }) }
        world.sources = world.sources.map((other) => (other.id === id ? source : other))
        live.emit({ type: 'changed', kind: 'source', id })
        return source
      },
      remove: async ({ id }) => {
        const { name, sets } = byId(world.sources, id)
        if (sets > 0)
          throw refuse('CONFLICT', 'object/conflict', `${name} is used by backup sets.`, {
            remedy: 'Remove these first.',
          })
        world.sources = world.sources.filter((other) => other.id !== id)
        return {}
      },
      browse: async ({ path, content, limit, cursor }) => {
        if (path.startsWith('/home'))
          throw refuse('BAD_INPUT', 'input/invalid', `${path} cannot be listed: permission denied.`, {
            safety: 'Nothing was changed.',
            remedy: 'Check the path, that it is a folder, and that the service may read it.',
          })
        return pageOf(
          namesIn(path).map((name) => {
            const whole = `${path === '/' ? '' : path}/${name}`
            const type = name.includes('.') ? ('file' as const) : ('folder' as const)
            return {
              name,
              path: whole,
              type,
              size: type === 'file' ? '1204' : null,
              modifiedAt: instantAt(NOW - DAY),
              isIncluded: content ? !(content.excludes ?? []).some((pattern) => fits(pattern, whole)) : null,
            }
          }),
          limit,
          cursor,
        )
      },
    },
    sets: {
      update: async ({ id, name, policyId, content, isEnabled }) => {
        const before = byId(world.sets, id)
        const set = {
          ...before,
          ...(name !== undefined && { name }),
          ...(content && { content }),
          ...(policyId !== undefined && { policy: nameOf(byId(world.policies, policyId)) }),
          ...(isEnabled !== undefined && {
            isEnabled,
            protection: isEnabled ? ('protected' as const) : ('disabled' as const),
            nextRunAt: isEnabled ? before.nextRunAt : null,
          }),
        }
        world.sets = world.sets.map((other) => (other.id === id ? set : other))
        return set
      },
      remove: async ({ id }) => {
        byId(world.sets, id)
        world.sets = world.sets.filter((other) => other.id !== id)
        live.emit({ type: 'changed', kind: 'set', id })
        return {}
      },
    },
  }
}

function namesIn(path: string): string[] {
  if (path === '/') return ['etc', 'home', 'srv', 'var']
  if (path === '/srv') return ['engineering', 'finance', 'scans', 'scratch', 'web']
  return path.split('/').length > 4
    ? []
    : ['2024', '2025', '2026', 'cache', 'Budget 2026.xlsx', 'ledger.db', 'notes.tmp', 'readme.txt']
}

/** Enough of restic's patterns for pictures: whole paths and names with stars. */
function fits(pattern: string, path: string): boolean {
  const text = pattern.startsWith('/') ? path : (path.split('/').at(-1) ?? '')
  const letters = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${letters}$`).test(text)
}
