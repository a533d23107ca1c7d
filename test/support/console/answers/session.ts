import type { Call, Caller } from '../../../../core/appliance/index.ts'
import { type Access, isGranted, type User } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { DAY, HOUR, idOf, instantAt, NOW } from '../world/ids.ts'
import type { World } from '../world/world.ts'
import type { Answers, Stage } from './stage.ts'

const ACCESS: readonly Access[] = ['view', 'browse', 'restore', 'operate', 'configure', 'administer']
export const PASSWORD = 'correct horse battery'
export const TOTP = '123456'

export function answerSession({ world, live }: Stage): Answers {
  const begun = JSON.stringify(world.settings.listen)
  const needsRestart = (): boolean => JSON.stringify(world.settings.listen) !== begun

  return {
    health: { get: async () => ({ state: 'ready', version: '0.1.0', now: instantAt(NOW) }) },
    setup: {
      get: async () => ({ isNeeded: world.isSetupNeeded }),
      begin: async ({ token, name }, call) => {
        if (token !== 'once')
          throw refuse(
            'NOT_SIGNED_IN',
            'identity/refused',
            'This link was used already, or is not of this appliance.',
            {
              remedy: 'Start holdfastd again: it prints a new link while there is no administrator.',
            },
          )
        const user: User = {
          id: idOf(1, 0),
          name,
          role: 'administrator',
          isEnabled: true,
          hasTotp: false,
          sourceRoots: null,
          restoreRoots: null,
          createdAt: instantAt(NOW),
          lastSeenAt: instantAt(NOW),
        }
        world.users = [user]
        world.isSetupNeeded = false
        return begin(user, call)
      },
    },
    session: {
      get: async (_input, { caller }) => signedIn(userOf(world, caller)),
      signIn: async ({ name, password, totp }, call) => {
        const user = world.users.find((other) => other.name === name)
        if (user === undefined || (password !== PASSWORD && !world.isSetupNeeded)) {
          throw refuse('NOT_SIGNED_IN', 'identity/refused', 'The name or the password is not right.', {
            remedy: 'After 5 attempts there is a pause.',
          })
        }
        if (user.hasTotp && totp === undefined) {
          throw refuse('NOT_SIGNED_IN', 'identity/totp-needed', 'The second factor is missing.', {})
        }
        if (user.hasTotp && totp !== TOTP) {
          throw refuse('NOT_SIGNED_IN', 'identity/refused', 'The second factor is wrong, or was used already.', {})
        }
        return begin(user, call)
      },
      signOut: async (_input, { setSession }) => {
        setSession(undefined)
        return {}
      },
    },
    settings: {
      get: async () => world.settings,
      update: async (changes) => {
        world.settings = {
          ...world.settings,
          ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
        }
        live.emit({ type: 'changed', kind: 'settings', id: 'settings' })
        return { ...world.settings, needsRestart: needsRestart() }
      },
      about: async () => ({
        version: '0.1.0',
        node: 'v24.21.0',
        platform: 'linux-x64',
        host: 'backup-proxy-01',
        dataFolder: '/var/lib/holdfast',
        startedAt: instantAt(NOW - 12 * DAY),
        now: instantAt(NOW),
        catalogBackedUpAt: instantAt(NOW - 5 * HOUR),
        needsRestart: needsRestart(),
      }),
    },
  }
}

function begin(user: User, { setSession }: Call) {
  setSession({ secret: user.name, expiresAt: Date.now() + 8 * HOUR })
  return signedIn(user)
}

function signedIn(user: User) {
  return {
    user: { id: user.id, name: user.name, role: user.role, hasTotp: user.hasTotp },
    access: ACCESS.filter((access) => isGranted(user.role, access)),
    expiresAt: instantAt(Date.now() + 8 * HOUR),
  }
}

export function userOf(world: World, caller: Caller | undefined): User {
  const user = world.users.find(({ name }) => name === caller?.name)
  if (!user) throw refuse('NOT_SIGNED_IN', 'identity/refused', 'Sign in first.', {})
  return user
}
