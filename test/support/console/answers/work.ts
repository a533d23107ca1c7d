import type { Run } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { burntDownIn } from '../world/burnt-down.ts'
import { countDays } from '../world/runs.ts'
import { type Answers, byId, nameOf, pageOf, type Stage } from './stage.ts'
import { startRun } from './start-run.ts'

export function answerWork(stage: Stage): Answers {
  const { world, live } = stage
  function change(run: Run, changes: Partial<Run>): Run {
    const changed = { ...run, ...changes }
    world.runs = world.runs.map((other) => (other.id === run.id ? changed : other))
    live.emit({ type: 'run', run: changed })
    return changed
  }

  const start = (of: Pick<Run, 'kind' | 'set' | 'vault'>): Run => startRun(stage, of)

  return {
    overview: {
      get: async () => {
        const count = (state: string): number => world.sets.filter(({ protection }) => protection === state).length
        const open = world.alerts.filter(({ clearedAt }) => clearedAt === null)
        const rank = ['never', 'failed', 'late', 'warning']
        const needy = world.sets
          .filter(({ protection }) => rank.includes(protection))
          .toSorted((a, b) => rank.indexOf(a.protection) - rank.indexOf(b.protection))
        return {
          state:
            world.sets.length === 0
              ? 'empty'
              : count('failed') + count('late') + count('never') > 0
                ? 'unprotected'
                : needy.length > 0
                  ? 'attention'
                  : 'protected',
          sets: {
            protected: count('protected'),
            late: count('late'),
            warning: count('warning'),
            failed: count('failed'),
            never: count('never'),
            disabled: count('disabled'),
          },
          needy,
          running: world.runs.filter(({ endedAt }) => endedAt === null),
          alerts: open,
          alertsOpen: open.length,
          nextRunAt: world.sets[0]?.nextRunAt ?? null,
          vaults: world.vaults.map(({ id, name, bytesStored, bytesFree }) => ({ id, name, bytesStored, bytesFree })),
          days: countDays(world.runs),
        }
      },
      burntDown: async () => burntDownIn(world),
    },
    runs: {
      list: async ({ limit, cursor, setId, vaultId, kind, state, phase }) => {
        const found = world.runs.filter(
          (run) =>
            (setId === undefined || run.set?.id === setId) &&
            (vaultId === undefined || run.vault.id === vaultId) &&
            (kind === undefined || run.kind === kind) &&
            (state === undefined || run.state === state) &&
            (phase === undefined || (phase === 'active') === (run.endedAt === null)),
        )
        return pageOf(found, limit, cursor)
      },
      get: async ({ id }) => ({ ...byId(world.runs, id), steps: world.details.get(id)?.steps ?? [] }),
      events: async ({ id, limit, cursor, level }) =>
        pageOf(
          (world.details.get(id)?.events ?? []).filter((event) => level === undefined || event.level === level),
          limit,
          cursor,
        ),
      missed: async ({ id, limit, cursor }) => pageOf(world.details.get(id)?.missed ?? [], limit, cursor),
      backUp: async ({ setId }) => {
        const set = byId(world.sets, setId)
        return start({ kind: 'backup', set: { id: set.id, name: set.name }, vault: set.vault })
      },
      maintain: async ({ vaultId, kind, setId }) =>
        start({
          kind,
          set: setId === undefined ? null : nameOf(byId(world.sets, setId)),
          vault: nameOf(byId(world.vaults, vaultId)),
        }),
      cancel: async ({ id }) => {
        const run = byId(world.runs, id)
        if (!run.canCancel) throw refuse('CONFLICT', 'object/conflict', 'This run has ended already.', {})
        return change(run, {
          state: 'cancelling',
          cause: { code: 'cancelling', text: 'A person asked to stop it.' },
          canCancel: false,
        })
      },
      retry: async ({ id }) => start(byId(world.runs, id)),
    },
    events: { watch: async (_input, { lastEventId, signal }) => live.watch(lastEventId, signal) },
  }
}
