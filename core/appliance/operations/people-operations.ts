import { CoreError, newId } from '../../base/index.ts'
import { type Access, isGranted, type Role, type Token, type User } from '../../contract/index.ts'
import {
  findPerson,
  findPersonByName,
  findSessionById,
  findTokenById,
  insertPerson,
  insertToken,
  listPersons,
  listTokens,
  nameTaken,
  type PersonRow,
  removePerson,
  removeSessionsOf,
  removeToken,
  removeTokensOf,
  type Rows,
  type TokenRow,
  updatePerson,
} from '../../database/index.ts'
import { digestSecret, newSecret, physicalRoots } from '../../identity/index.ts'
import type { Caller } from '../people/call.ts'
import { nameKey, rootsOf } from '../people/sign-in.ts'
import { instant, instantOrNull } from '../present/instant.ts'
import { badField, conflict, noSuch } from '../present/refusals.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { callerOf, newPerson } from './session-operations.ts'

const DAY = 24 * 60 * 60 * 1000
/** Of one person. */
const MOST_TOKENS = 200

export function userOperations({ catalog, passwords, clock, chance, publish }: Tools): OperationsOf<'users'> {
  async function find(id: string, rows: Rows = catalog.rows): Promise<PersonRow> {
    const person = await findPerson(rows, id)
    if (!person) throw noSuch('user', id)
    return person
  }

  return {
    list: async () => ({ items: (await listPersons(catalog.rows)).map(userDto) }),
    async create({ name, password, role, sourceRoots, restoreRoots }, { signal }) {
      if (await findPersonByName(catalog.rows, nameKey(name))) throw nameTaken('user', name)
      const id = newId(clock, chance)
      const person = {
        ...newPerson(id, name, role, await passwords.hashPassword(password), clock.now()),
        source_roots: storedRoots(sourceRoots),
        restore_roots: storedRoots(await physicalRoots(restoreRoots, { signal })),
      }
      await insertPerson(catalog.rows, person)
      publish({ type: 'changed', kind: 'user', id })
      return userDto(person)
    },
    async update({ id, role, isEnabled, sourceRoots, restoreRoots, password, removeTotp }, { signal }) {
      await find(id)
      const isLess = (role !== undefined && role !== 'administrator') || isEnabled === false
      const change = {
        ...(role !== undefined && { role }),
        ...(isEnabled !== undefined && { is_enabled: isEnabled ? 1 : 0 }),
        ...(sourceRoots !== undefined && { source_roots: storedRoots(sourceRoots) }),
        ...(restoreRoots !== undefined && {
          restore_roots: storedRoots(await physicalRoots(restoreRoots, { signal })),
        }),
        ...(password !== undefined && { password: await passwords.hashPassword(password) }),
        ...(removeTotp && { totp_sealed: null, totp_pending_sealed: null, totp_step: null }),
      }
      // Of two administrators who take the role from each other at once, one is refused.
      const { sessions, tokens } = await catalog.transaction(async (rows) => {
        if (isLess) await refuseLastAdministrator(rows, await find(id, rows))
        if (Object.keys(change).length > 0) await updatePerson(rows, id, change)
        return {
          sessions: await removeSessionsOf(rows, id),
          // A password is set for somebody where the old one is lost or known: whoever had it may have made tokens by it.
          tokens: password === undefined ? [] : await removeTokensOf(rows, id),
        }
      })
      publish({ type: 'changed', kind: 'user', id })
      for (const token of tokens) publish({ type: 'changed', kind: 'token', id: token })
      return { ...userDto(await find(id)), ended: { sessions, tokens: tokens.length } }
    },
    async remove({ id }, call) {
      if (id === callerOf(call).userId)
        throw conflict('You cannot remove yourself.', 'Let another administrator do it.')
      await catalog.transaction(async (rows) => {
        await refuseLastAdministrator(rows, await find(id, rows))
        await removePerson(rows, id)
      })
      publish({ type: 'changed', kind: 'user', id })
      return {}
    },
  }
}

/** Somebody must always be there who can let others in. */
async function refuseLastAdministrator(rows: Rows, person: PersonRow): Promise<void> {
  if (person.role !== 'administrator' || person.is_enabled !== 1) return
  const others = (await listPersons(rows)).filter(
    ({ id, role, is_enabled }) => id !== person.id && role === 'administrator' && is_enabled === 1,
  )
  if (others.length === 0)
    throw conflict(`${person.name} is the only administrator.`, 'Make another user an administrator first.')
}

export function tokenOperations({ catalog, clock, chance, publish, signIn }: Tools): OperationsOf<'tokens'> {
  return {
    async list(_input, call) {
      const caller = callerOf(call)
      const isAll = caller.access.includes('administer')
      const names = new Map((await listPersons(catalog.rows)).map(({ id, name }) => [id, name]))
      const tokens = await listTokens(catalog.rows, isAll ? undefined : caller.userId)
      return { items: tokens.map((token) => tokenDto(token, names.get(token.person_id) ?? '')) }
    },
    async create({ name, access, days, password }, call) {
      const caller = callerOf(call)
      if (caller.by.kind === 'token') {
        if (password === undefined) throw needsPassword()
        await signIn.prove(caller.userId, password, call.address)
      }
      const granted = [...new Set(access)]
      const tooMuch = granted.find((each) => !isGranted(caller.role, each) || !mayGive(caller.access, each))
      if (tooMuch !== undefined) {
        throw badField(
          'access',
          `You cannot give ${tooMuch}: you do not have it yourself.`,
          'Choose among what you may do.',
        )
      }
      const secret = newSecret('hft', chance)
      const now = clock.now()
      const token = {
        id: newId(clock, chance),
        digest: digestSecret(secret),
        person_id: caller.userId,
        name,
        access: JSON.stringify(granted),
        created_at: now,
        expires_at: days === null ? null : now + days * DAY,
        seen_at: null,
      }
      await catalog.transaction(async (rows) => {
        // What ended it while this was asked for would not have ended the new one.
        if (!(await isStillIn(rows, caller))) throw isOver()
        if ((await listTokens(rows, caller.userId)).length >= MOST_TOKENS)
          throw conflict(`You have ${MOST_TOKENS} tokens already.`, 'Revoke some that nobody uses any more.')
        await insertToken(rows, token)
      })
      publish({ type: 'changed', kind: 'token', id: token.id })
      return { token: tokenDto(token, caller.name), secret }
    },
    async revoke({ id }, call) {
      const caller = callerOf(call)
      const token = await findTokenById(catalog.rows, id)
      const isHis = token?.person_id === caller.userId || caller.access.includes('administer')
      if (!token || !isHis) throw noSuch('token', id)
      await removeToken(catalog.rows, id)
      publish({ type: 'changed', kind: 'token', id })
      return {}
    },
  }
}

async function isStillIn(rows: Rows, { by }: Caller): Promise<boolean> {
  const found = by.kind === 'token' ? await findTokenById(rows, by.id) : await findSessionById(rows, by.id)
  return found !== undefined
}

/** `anyone` is nothing that could be given. */
function mayGive(own: readonly Access[], wanted: Access): boolean {
  return wanted !== 'anyone' && own.includes(wanted)
}

function storedRoots(roots: readonly string[] | null): string | null {
  return roots === null ? null : JSON.stringify(roots)
}

function userDto(person: PersonRow): User {
  return {
    id: person.id,
    name: person.name,
    role: person.role as Role,
    isEnabled: person.is_enabled === 1,
    hasTotp: person.totp_sealed !== null,
    sourceRoots: rootsOf(person.source_roots),
    restoreRoots: rootsOf(person.restore_roots),
    createdAt: instant(person.created_at),
    lastSeenAt: instantOrNull(person.seen_at),
  }
}

function tokenDto(token: TokenRow, user: string): Token {
  return {
    id: token.id,
    name: token.name,
    user,
    access: JSON.parse(token.access) as Access[],
    createdAt: instant(token.created_at),
    expiresAt: instantOrNull(token.expires_at),
    lastSeenAt: instantOrNull(token.seen_at),
  }
}

function needsPassword(): CoreError {
  return new CoreError('identity/refused', 'A token makes no other tokens by itself.', {
    safety: 'Nothing was changed.',
    remedy: 'Give your password as well.',
    context: { field: 'password' },
  })
}

function isOver(): CoreError {
  return new CoreError('identity/refused', 'You were signed out meanwhile.', {
    safety: 'No token was made.',
    remedy: 'Sign in again.',
  })
}
