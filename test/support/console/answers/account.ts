import type { User } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { PASSWORD, TOTP, userOf } from './session.ts'
import type { Answers, Stage } from './stage.ts'

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

/** One's own account. The password stays the one that every sign-in of the double knows. */
export function answerAccount({ world, live }: Stage): Answers {
  function change(user: User, changes: Partial<User>): void {
    world.users = world.users.map((other) => (other.id === user.id ? { ...other, ...changes } : other))
  }

  return {
    account: {
      changePassword: async ({ current, revokeTokens }, { caller }) => {
        prove(current)
        const { name } = userOf(world, caller)
        const tokens = revokeTokens ? world.tokens.filter(({ user }) => user === name) : []
        world.tokens = world.tokens.filter((token) => !tokens.includes(token))
        for (const { id } of tokens) live.emit({ type: 'changed', kind: 'token', id })
        return { ended: { sessions: 1, tokens: tokens.length } }
      },
      beginTotp: async ({ password }, { caller }) => {
        prove(password)
        const { name } = userOf(world, caller)
        const issuer = encodeURIComponent(`Holdfast ${world.settings.name}`)
        return { secret: SECRET, uri: `otpauth://totp/${issuer}:${name}?issuer=${issuer}&secret=${SECRET}&period=30` }
      },
      confirmTotp: async ({ totp }, { caller }) => {
        if (totp !== TOTP) {
          const message = 'These are not the six digits.'
          throw refuse('BAD_INPUT', 'input/invalid', message, {
            fields: [{ path: 'totp', message }],
            safety: 'Nothing was changed.',
            remedy: 'Wait for the next ones, and look whether the clocks are right.',
          })
        }
        change(userOf(world, caller), { hasTotp: true })
        return {}
      },
      removeTotp: async ({ password }, { caller }) => {
        prove(password)
        change(userOf(world, caller), { hasTotp: false })
        return {}
      },
    },
  }
}

function prove(password: string): void {
  if (password === PASSWORD) return
  throw refuse('NOT_SIGNED_IN', 'identity/refused', 'The name or the password is wrong.', {
    remedy: 'Try again. An administrator can set a new password.',
  })
}
