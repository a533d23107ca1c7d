import { CoreError, newId } from '../../base/index.ts'
import type { SignedIn } from '../../contract/index.ts'
import {
  countPersons,
  findPerson,
  insertPerson,
  type PersonRow,
  removeSession,
  removeSessionsOf,
  removeTokensOf,
  updatePerson,
} from '../../database/index.ts'
import { makeTotp, verifyTotp } from '../../identity/index.ts'
import type { Call, Caller } from '../people/call.ts'
import { nameKey, totpContext } from '../people/sign-in.ts'
import { instantOrNull } from '../present/instant.ts'
import { badField, conflict, noSuch } from '../present/refusals.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'

/** Who calls, of an operation that only somebody who is signed in reaches. */
export function callerOf({ caller }: Call): Caller {
  if (caller) return caller
  throw new CoreError('identity/refused', 'Nobody is signed in.', { remedy: 'Sign in first.' })
}

export function setupOperations(tools: Tools): OperationsOf<'setup'> {
  const { firstStart, catalog, passwords, signIn, clock, chance, publish } = tools
  return {
    get: async () => ({ isNeeded: await firstStart.isNeeded() }),
    async begin({ token, name, password }, { address, setSession }) {
      if (!(await firstStart.isNeeded()))
        throw conflict('This appliance has an administrator already.', 'Sign in instead.')
      if (!(await firstStart.isToken(token))) {
        throw new CoreError('identity/refused', 'This link is not valid, or not any more.', {
          remedy: 'Use the link that the service printed when it was started last.',
        })
      }
      const person = newPerson(
        newId(clock, chance),
        name,
        'administrator',
        await passwords.hashPassword(password),
        clock.now(),
      )
      // Of two that come with the link at once, one is the first administrator.
      const isFirst = await catalog.transaction(async (rows) => {
        if ((await countPersons(rows)) > 0) return false
        await insertPerson(rows, person)
        return true
      })
      if (!isFirst) throw conflict('This appliance has an administrator already.', 'Sign in instead.')
      await firstStart.done()
      publish({ type: 'changed', kind: 'user', id: person.id })
      const begun = await signIn.begin(person, address)
      setSession(begun)
      return signedIn(begun.caller, false)
    },
  }
}

export function newPerson(id: string, name: string, role: PersonRow['role'], password: string, now: number): PersonRow {
  return {
    id,
    name,
    name_key: nameKey(name),
    role,
    password,
    totp_sealed: null,
    totp_pending_sealed: null,
    totp_step: null,
    is_enabled: 1,
    source_roots: null,
    restore_roots: null,
    created_at: now,
    seen_at: null,
  }
}

export function sessionOperations({ catalog, signIn }: Tools): OperationsOf<'session'> {
  return {
    async get(_input, call) {
      const caller = callerOf(call)
      const person = await findPerson(catalog.rows, caller.userId)
      return signedIn(caller, person?.totp_sealed !== null)
    },
    async signIn({ name, password, totp }, { address, setSession }) {
      const begun = await signIn.signIn({ name, password, totp, address })
      setSession(begun)
      const person = await findPerson(catalog.rows, begun.caller.userId)
      return signedIn(begun.caller, person?.totp_sealed !== null)
    },
    async signOut(_input, call) {
      const { by } = callerOf(call)
      if (by.kind === 'token') throw conflict('A token does not sign out.', 'Revoke it instead.')
      await removeSession(catalog.rows, by.id)
      call.setSession(undefined)
      return {}
    },
  }
}

function signedIn({ userId, name, role, access, expiresAt }: Caller, hasTotp: boolean): SignedIn {
  return { user: { id: userId, name, role, hasTotp }, access: [...access], expiresAt: instantOrNull(expiresAt) }
}

export function accountOperations({
  catalog,
  signIn,
  passwords,
  key,
  clock,
  chance,
  settings,
  publish,
}: Tools): OperationsOf<'account'> {
  const changed = (id: string): void => publish({ type: 'changed', kind: 'user', id })
  return {
    async changePassword({ current, next, revokeTokens }, call) {
      const caller = callerOf(call)
      const person = await signIn.prove(caller.userId, current, call.address)
      const password = await passwords.hashPassword(next)
      const { sessions, tokens } = await catalog.transaction(async (rows) => {
        // An administrator has set another while this one was proved: his counts, and whoever knew the old one is out.
        if ((await findPerson(rows, person.id))?.password !== person.password) throw changedMeanwhile()
        await updatePerson(rows, person.id, { password })
        // Whoever had the old one is out, but for whoever proved it here.
        return {
          sessions: await removeSessionsOf(rows, person.id, caller.by.id),
          tokens: revokeTokens ? await removeTokensOf(rows, person.id, caller.by.id) : [],
        }
      })
      changed(person.id)
      for (const id of tokens) publish({ type: 'changed', kind: 'token', id })
      return { ended: { sessions, tokens: tokens.length } }
    },
    async beginTotp({ password }, call) {
      const person = await signIn.prove(callerOf(call).userId, password, call.address)
      if (person.totp_sealed !== null) throw conflict('There is a second factor already.', 'Remove it first.')
      const made = makeTotp({ issuer: `Holdfast ${settings.current.name}`, account: person.name }, chance)
      await updatePerson(catalog.rows, person.id, {
        totp_pending_sealed: key.seal(made.secret, totpContext(person.id)),
      })
      return made
    },
    async confirmTotp({ totp }, call) {
      const { userId } = callerOf(call)
      const person = await findPerson(catalog.rows, userId)
      if (!person) throw noSuch('user', userId)
      if (person.totp_pending_sealed === null)
        throw conflict('No second factor was begun to be set up.', 'Begin again.')
      const secret = key.open(person.totp_pending_sealed, totpContext(person.id))
      const step = verifyTotp(secret, totp, { now: clock.now(), lastStep: undefined })
      if (step === undefined)
        throw badField(
          'totp',
          'These are not the six digits.',
          'Wait for the next ones, and look whether the clocks are right.',
        )
      await updatePerson(catalog.rows, person.id, {
        totp_sealed: person.totp_pending_sealed,
        totp_pending_sealed: null,
        totp_step: step,
      })
      changed(person.id)
      return {}
    },
    async removeTotp({ password }, call) {
      const person = await signIn.prove(callerOf(call).userId, password, call.address)
      await updatePerson(catalog.rows, person.id, { totp_sealed: null, totp_pending_sealed: null, totp_step: null })
      changed(person.id)
      return {}
    },
  }
}

function changedMeanwhile(): CoreError {
  return new CoreError('identity/refused', 'The password was changed meanwhile.', {
    safety: 'The password that was set meanwhile counts.',
    remedy: 'Sign in again.',
    context: { field: 'current' },
  })
}
