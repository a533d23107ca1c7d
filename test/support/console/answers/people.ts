import type { User } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { DAY, idOf, instantAt, NOW } from '../world/ids.ts'
import { userOf } from './session.ts'
import { type Answers, byId, type Stage } from './stage.ts'

/** Users and tokens, as administrators manage them. Sessions of the double do not end by it. */
export function answerPeople({ world, live, count: next }: Stage): Answers {
  const changed = (kind: 'user' | 'token', id: string): void => live.emit({ type: 'changed', kind, id })

  function refuseLastAdministrator(user: User): void {
    const others = world.users.filter(
      ({ id, role, isEnabled }) => id !== user.id && role === 'administrator' && isEnabled,
    )
    if (user.role !== 'administrator' || others.length > 0) return
    throw refuse('CONFLICT', 'object/conflict', `${user.name} is the only administrator.`, {
      safety: 'Nothing was changed.',
      remedy: 'Make another user an administrator first.',
    })
  }

  return {
    users: {
      list: async () => ({ items: world.users }),
      create: async ({ name, role, sourceRoots, restoreRoots }) => {
        if (world.users.some((other) => other.name === name)) {
          const message = `There is a user called ${name} already.`
          throw refuse('CONFLICT', 'object/conflict', message, {
            fields: [{ path: 'name', message }],
            safety: 'Nothing was changed.',
            remedy: 'Choose another name.',
          })
        }
        const user = {
          id: idOf(1, next()),
          name,
          role,
          isEnabled: true,
          hasTotp: false,
          sourceRoots,
          restoreRoots,
          createdAt: instantAt(NOW),
          lastSeenAt: null,
        }
        world.users = [...world.users, user]
        changed('user', user.id)
        return user
      },
      update: async ({ id, role, isEnabled, sourceRoots, restoreRoots, password, removeTotp }) => {
        const user = byId(world.users, id)
        if ((role !== undefined && role !== 'administrator') || isEnabled === false) refuseLastAdministrator(user)
        const now = {
          ...user,
          ...(role !== undefined && { role }),
          ...(isEnabled !== undefined && { isEnabled }),
          ...(sourceRoots !== undefined && { sourceRoots }),
          ...(restoreRoots !== undefined && { restoreRoots }),
          ...(removeTotp && { hasTotp: false }),
        }
        world.users = world.users.map((other) => (other.id === id ? now : other))
        changed('user', id)
        const tokens = password === undefined ? [] : world.tokens.filter(({ user: owner }) => owner === now.name)
        world.tokens = world.tokens.filter((token) => !tokens.includes(token))
        for (const token of tokens) changed('token', token.id)
        return { ...now, ended: { sessions: 1, tokens: tokens.length } }
      },
      remove: async ({ id }) => {
        refuseLastAdministrator(byId(world.users, id))
        world.users = world.users.filter((other) => other.id !== id)
        changed('user', id)
        return {}
      },
    },
    tokens: {
      list: async (_input, { caller }) => {
        const { name, role } = userOf(world, caller)
        return { items: world.tokens.filter(({ user }) => role === 'administrator' || user === name) }
      },
      create: async ({ name, access, days }, { caller }) => {
        const token = {
          id: idOf(10, next()),
          name,
          user: userOf(world, caller).name,
          access,
          createdAt: instantAt(NOW),
          expiresAt: days === null ? null : instantAt(NOW + days * DAY),
          lastSeenAt: null,
        }
        world.tokens = [token, ...world.tokens]
        changed('token', token.id)
        return { token, secret: 'hft_7Jq2mXc9VtR4sLw8Zk3Bn6Yd1Ef5Gh0Pa7Qo2Ui4Xs' }
      },
      revoke: async ({ id }) => {
        byId(world.tokens, id)
        world.tokens = world.tokens.filter((other) => other.id !== id)
        changed('token', id)
        return {}
      },
    },
  }
}
