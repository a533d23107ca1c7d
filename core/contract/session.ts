import { z } from 'zod'

import { Access, Role } from './common/access.ts'
import { Id } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'

export const UserName = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/i, 'Use letters, digits, and . _ @ - only; at most 64 of them.')

/** What a password that is made now must have. NIST SP 800-63B: length counts, and nothing else is asked. */
export const NewPassword = z.string().min(10, 'Use at least 10 characters.').max(200, 'At most 200 characters.')

/** A password that was made earlier. */
export const Password = z.string().min(1, 'Give the password.').max(200)

export const SignedIn = z.object({
  user: z.object({ id: Id, name: z.string(), role: Role, hasTotp: z.boolean() }),
  /** What the caller may call: the role's, or less for a token. */
  access: z.array(Access),
  /** Null for a token that does not end. */
  expiresAt: Instant.nullable(),
})
export type SignedIn = z.output<typeof SignedIn>

export const session = {
  get: operation('own')
    .route({ method: 'GET', path: '/session', summary: 'Who is signed in', tags: ['Session'] })
    .output(SignedIn),
  signIn: operation('anyone', { isAudited: true })
    .route({ method: 'POST', path: '/session', summary: 'Sign in', tags: ['Session'] })
    .input(
      z.strictObject({
        name: z.string().min(1, 'Give your name.').max(64),
        password: Password,
        /** Six digits, where the user has set up a second factor. */
        totp: z
          .string()
          .regex(/^\d{6}$/, 'Six digits.')
          .optional(),
      }),
    )
    .output(SignedIn),
  signOut: operation('own', { isAudited: true })
    .route({ method: 'DELETE', path: '/session', summary: 'Sign out', tags: ['Session'] })
    .output(z.object({})),
}

/** What a new password has put an end to. */
export const Ended = z.object({ sessions: z.int(), tokens: z.int() })
export type Ended = z.output<typeof Ended>

export const account = {
  changePassword: operation('own', { isAudited: true, tells: ['ended'] })
    .route({
      method: 'POST',
      path: '/account/password',
      summary: 'Change the own password. All other sessions end',
      tags: ['Session'],
    })
    .input(
      z.strictObject({
        current: Password,
        next: NewPassword,
        /** The API tokens end, too. The one that asks goes on, as the session that asks does. */
        revokeTokens: z.boolean().default(true),
      }),
    )
    .output(z.object({ ended: Ended })),
  beginTotp: operation('own', { isAudited: true })
    .route({ method: 'POST', path: '/account/totp', summary: 'Begin to set up a second factor', tags: ['Session'] })
    .input(z.strictObject({ password: Password }))
    .output(z.object({ secret: z.string(), uri: z.string() })),
  confirmTotp: operation('own', { isAudited: true })
    .route({
      method: 'POST',
      path: '/account/totp/confirm',
      summary: 'Prove the second factor, and use it from now on',
      tags: ['Session'],
    })
    .input(z.strictObject({ totp: z.string().regex(/^\d{6}$/, 'Six digits.') }))
    .output(z.object({})),
  removeTotp: operation('own', { isAudited: true })
    .route({
      method: 'POST',
      path: '/account/totp/remove',
      summary: 'Sign in without a second factor from now on',
      tags: ['Session'],
    })
    .input(z.strictObject({ password: Password }))
    .output(z.object({})),
}
