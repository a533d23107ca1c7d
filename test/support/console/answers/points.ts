import { refuse } from '../refuse.ts'
import { DAY, GIB, instantAt, NOW } from '../world/ids.ts'
import { entriesIn } from '../world/points.ts'
import { type Answers, byId, pageOf, type Stage } from './stage.ts'
import { startRun } from './start-run.ts'

export function answerPoints(stage: Stage): Answers {
  const { world } = stage
  return {
    points: {
      list: async ({ limit, cursor, setId, vaultId, from, until }) =>
        pageOf(
          world.points.filter(
            (point) =>
              (setId === undefined || point.set?.id === setId) &&
              (vaultId === undefined || point.vault.id === vaultId) &&
              (from === undefined || point.completedAt >= from) &&
              (until === undefined || point.completedAt < until),
          ),
          limit,
          cursor,
        ),
      get: async ({ id }) => byId(world.points, id),
      browse: async ({ path, limit, cursor }) => {
        const from = Number(cursor ?? 0)
        const { items, hasMore } = entriesIn(path, from, limit)
        return { items, next: hasMore ? String(from + limit) : null }
      },
      find: async ({ path, pattern, limit, cursor }) => {
        const fits = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`)
        const whole = /[*?]/.test(pattern) ? fits : new RegExp(pattern)
        const found = ['', '/2024', '/2025', '/2026'].flatMap((folder) =>
          entriesIn(`${path === '/' ? '/srv/finance' : path}${folder}`, 0, 100).items.filter(({ name }) =>
            whole.test(name),
          ),
        )
        return { ...pageOf(found, limit, cursor), looked: 410_233 }
      },
      versions: async ({ setId, path, limit, cursor }) => {
        const points = world.points.filter(({ set }) => set?.id === setId)
        const folder = path.slice(0, path.lastIndexOf('/')) || '/'
        const entry = entriesIn(folder, 0, 500).items.find((other) => other.path === path)
        const page = pageOf(points, limit, cursor)
        return {
          ...page,
          items: page.items.flatMap(({ id, completedAt, set }, index) =>
            entry ? [{ point: { id, name: set?.name ?? '', completedAt }, entry, isSameAsOlder: index % 4 !== 0 }] : [],
          ),
        }
      },
      forget: async ({ id }) => ({
        runId: startRun(stage, { kind: 'forget', set: null, vault: byId(world.points, id).vault }).id,
      }),
    },
    restores: {
      plan: async ({ pointId, paths, target, overwrite }) => {
        const point = byId(world.points, pointId)
        if (target.kind === 'folder' && target.path.startsWith('/root'))
          throw refuse('FORBIDDEN', 'restore/target', `You may not restore to "${target.path}".`, {
            safety: 'Nothing was changed.',
            remedy: 'Choose a folder below /srv/restored, or ask an administrator.',
            object: target.path,
          })
        const isAll = paths.includes('/')
        const existing = target.kind === 'original' ? 812 : 0
        const from = isAll ? '/srv/finance/Budget 2026.xlsx' : (paths[0] ?? '/')
        return {
          files: isAll ? (point.files ?? 0) : 1240,
          folders: isAll ? 8120 : 31,
          bytes: isAll ? (point.bytes ?? 0) : 3.4 * GIB,
          bytesFree: 640 * GIB,
          hasRoom: !isAll || (point.bytes ?? 0) < 640 * GIB,
          existing,
          existingLookedAt: isAll ? 2000 : 1240,
          example: { from, to: target.kind === 'folder' ? target.path + from : from },
          warnings: [
            ...(existing > 0 && overwrite !== 'never'
              ? ['Files that are there already are overwritten where they differ. What is in them now is lost.']
              : []),
            ...(point.isComplete
              ? []
              : ['This recovery point misses 3 files that could not be read when it was made.']),
          ],
        }
      },
      start: async ({ pointId }) => {
        const { set, vault } = byId(world.points, pointId)
        return startRun(stage, { kind: 'restore', set, vault })
      },
      browseTarget: async ({ path, limit, cursor }) => {
        const names = path === '/' ? ['home', 'mnt', 'srv'] : path === '/srv' ? ['finance', 'restored', 'scans'] : []
        return pageOf(
          names.map((name) => ({
            name,
            path: `${path === '/' ? '' : path}/${name}`,
            type: 'folder' as const,
            size: null,
            modifiedAt: instantAt(NOW - DAY),
            isIncluded: null,
          })),
          limit,
          cursor,
        )
      },
    },
  }
}
