import type { Agent, AgentSetup } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { idOf, instantAt, NOW } from '../world/ids.ts'
import { type Answers, byId, nameOf, type Stage } from './stage.ts'

const SETUP: AgentSetup = {
  url: 'https://backup-proxy-01.corp.example:8421/',
  isOpen: false,
  files: [
    { name: 'repository', text: 'rest:https://web-01:secret@backup-proxy-01.corp.example:8421/\n' },
    { name: 'password', text: 'of the vault\n' },
    { name: 'ca.pem', text: '-----BEGIN CERTIFICATE-----\n' },
  ],
  guides: [
    { platform: 'linux', text: `As root, with restic installed:\n\n  ${'restic backup /home '.repeat(8)}\n` },
    { platform: 'windows', text: 'In a PowerShell of an administrator:\n' },
    { platform: 'macos', text: 'As root (sudo -s):\n' },
  ],
}

export function answerAgents({ world, live, count: next }: Stage): Answers {
  const put = (agent: Agent): Agent => {
    world.agents = [...world.agents.filter(({ id }) => id !== agent.id), agent]
    live.emit({ type: 'changed', kind: 'agent', id: agent.id })
    return agent
  }
  return {
    agents: {
      list: async () => ({ items: world.agents }),
      create: async ({ name, vaultId, shares: _, ...limits }) => {
        if (world.agents.some((other) => other.name === name)) {
          const message = `There is an agent called ${name} already.`
          throw refuse('CONFLICT', 'object/conflict', message, {
            fields: [{ path: 'name', message }],
            safety: 'Nothing was changed.',
            remedy: 'Choose another name.',
          })
        }
        const agent = put({
          id: idOf(9, next()),
          name,
          vault: nameOf(byId(world.vaults, vaultId)),
          mode: limits.mode ?? 'append-only',
          quotaBytes: limits.quotaBytes ?? null,
          bytesPerSecond: limits.bytesPerSecond ?? null,
          overdueHours: limits.overdueHours ?? null,
          createdAt: instantAt(NOW),
          lastSeenAt: null,
          lastSnapshotAt: null,
          bytesStored: 0,
          isOverdue: false,
        })
        return { agent, setup: SETUP }
      },
      update: async ({ id, mode, quotaBytes, bytesPerSecond, overdueHours }) => {
        const before = byId(world.agents, id)
        return put({
          ...before,
          mode: mode ?? before.mode,
          quotaBytes: quotaBytes === undefined ? before.quotaBytes : quotaBytes,
          bytesPerSecond: bytesPerSecond === undefined ? before.bytesPerSecond : bytesPerSecond,
          overdueHours: overdueHours === undefined ? before.overdueHours : overdueHours,
        })
      },
      renew: async ({ id }) => ({ agent: byId(world.agents, id), setup: SETUP }),
      remove: async ({ id }) => {
        world.agents = world.agents.filter((other) => other.id !== id)
        live.emit({ type: 'changed', kind: 'agent', id })
        return {}
      },
    },
  }
}
