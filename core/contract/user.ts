import { z } from 'zod'

import { Access, Role } from './common/access.ts'
import { Id, Name } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { EntryPath } from './common/path.ts'
import { Ended, NewPassword, Password, UserName } from './session.ts'

/** Null: all folders but those of the system, which need an administrator. */
const Roots = z.array(EntryPath).max(100).nullable()

export const User = z.object({
  id: Id,
  name: z.string(),
  role: Role,
  isEnabled: z.boolean(),
  hasTotp: z.boolean(),
  sourceRoots: Roots,
  restoreRoots: Roots,
  createdAt: Instant,
  lastSeenAt: Instant.nullable(),
})
export type User = z.output<typeof User>

export const users = {
  list: operation('administer')
    .route({ method: 'GET', path: '/users', summary: 'All users', tags: ['Users'] })
    .output(z.object({ items: z.array(User) })),
  create: operation('administer', { isAudited: true })
    .route({ method: 'POST', path: '/users', summary: 'Add a user', tags: ['Users'], successStatus: 201 })
    .input(
      z.strictObject({
        name: UserName,
        password: NewPassword,
        role: Role,
        sourceRoots: Roots.default(null),
        restoreRoots: Roots.default(null),
      }),
    )
    .output(User),
  update: operation('administer', { isAudited: true, tells: ['ended'] })
    .route({
      method: 'PATCH',
      path: '/users/{id}',
      summary: 'Change a user. All of his sessions end; with a new password his API tokens, too',
      tags: ['Users'],
    })
    .input(
      z.strictObject({
        id: Id,
        role: Role.optional(),
        isEnabled: z.boolean().optional(),
        sourceRoots: Roots.optional(),
        restoreRoots: Roots.optional(),
        password: NewPassword.optional(),
        /** Signs in without a second factor again. */
        removeTotp: z.boolean().default(false),
      }),
    )
    .output(User.extend({ ended: Ended })),
  remove: operation('administer', { isAudited: true })
    .route({ method: 'DELETE', path: '/users/{id}', summary: 'Remove a user', tags: ['Users'] })
    .input(z.strictObject({ id: Id }))
    .output(z.object({})),
}

export const Token = z.object({
  id: Id,
  name: z.string(),
  user: z.string(),
  access: z.array(Access),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastSeenAt: Instant.nullable(),
})
export type Token = z.output<typeof Token>

export const tokens = {
  list: operation('own')
    .route({
      method: 'GET',
      path: '/tokens',
      summary: "The caller's tokens; an administrator's are all",
      tags: ['Users'],
    })
    .output(z.object({ items: z.array(Token) })),
  create: operation('own', { isAudited: true })
    .route({
      method: 'POST',
      path: '/tokens',
      summary: 'Make a token for programs. It is told once',
      tags: ['Users'],
      successStatus: 201,
    })
    .input(
      z.strictObject({
        name: Name,
        /** No more than the caller has. */
        access: z.array(Access).min(1),
        days: z.int().min(1).max(3660).nullable().default(365),
        /** Needed where a token asks: of one that was stolen no others are made. */
        password: Password.optional(),
      }),
    )
    .output(z.object({ token: Token, secret: z.string() })),
  revoke: operation('own', { isAudited: true })
    .route({ method: 'DELETE', path: '/tokens/{id}', summary: 'End a token', tags: ['Users'] })
    .input(z.strictObject({ id: Id }))
    .output(z.object({})),
}
