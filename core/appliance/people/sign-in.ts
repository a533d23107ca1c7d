import { type Chance, type Clock, CoreError, isCode, newId } from '../../base/index.ts'
import { type Access, isGranted, type Role } from '../../contract/index.ts'
import {
  type Catalog,
  findPerson,
  findPersonByName,
  findSession,
  findToken,
  insertSession,
  type PersonRow,
  removeEndedSessions,
  removeSession,
  takeTotpStep,
  touchSession,
  touchToken,
  updatePerson,
} from '../../database/index.ts'
import { createSignInThrottle, digestSecret, newSecret, type Passwords, verifyTotp } from '../../identity/index.ts'
import type { SealingKey } from '../../secret/index.ts'
import type { Caller } from './call.ts'

/** What signing in needs. */
export interface SignInTools {
  readonly catalog: Catalog
  readonly passwords: Passwords
  readonly key: SealingKey
  readonly clock: Clock
  readonly chance: Chance
  /** How long a session lasts without a request. Milliseconds. */
  readonly sessionLength: () => number
}

/** A session that was begun. Its secret is told once. */
export interface BegunSession {
  readonly caller: Caller
  readonly secret: string
  readonly expiresAt: number
}

export interface SignIn {
  /** Throws `identity/…`: who it is, or that it is not, and `service/busy` where somebody has to wait. */
  signIn(given: {
    readonly name: string
    readonly password: string
    readonly totp?: string | undefined
    readonly address: string
  }): Promise<BegunSession>
  begin(person: PersonRow, address: string): Promise<BegunSession>
  authenticate(secret: string, kind: 'session' | 'token'): Promise<Caller | undefined>
  /** Proves that it is still the person who signed in. Throws as `signIn` does. */
  prove(personId: string, password: string, address: string): Promise<PersonRow>
}

/** What is written of being seen is written at most so often. Milliseconds. */
const SEEN_EVERY = 60_000

const ALL_ACCESS: readonly Access[] = ['own', 'view', 'browse', 'restore', 'operate', 'configure', 'administer']

/** All that a role may. */
function accessOf(role: Role): Access[] {
  return ALL_ACCESS.filter((access) => isGranted(role, access))
}

export function createSignIn(tools: SignInTools): SignIn {
  const { catalog, passwords, key, clock, chance, sessionLength } = tools
  const throttle = createSignInThrottle({ clock })

  /** Tries a password; wrong ones make whoever tries wait. */
  async function tryPassword(
    name: string,
    password: string,
    address: string,
  ): Promise<{ person: PersonRow; succeed: () => void; succeedHalf: () => void }> {
    const admission = throttle.admit({ name, address })
    if (!admission.isAdmitted) throw mustWait(admission.wait)
    const person = await findPersonByName(catalog.rows, nameKey(name))
    const isKnown = person !== undefined && person.is_enabled === 1
    const { ok, needsRehash } = await passwords
      .verifyPassword(password, isKnown ? person.password : undefined)
      .catch((error: unknown) => {
        admission.withdraw()
        throw error
      })
    if (!ok || !isKnown) throw notHim()
    const succeed = (): void => admission.succeed()
    const succeedHalf = (): void => admission.succeedHalf()
    if (!needsRehash) return { person, succeed, succeedHalf }
    const renewed = { password: await passwords.hashPassword(password) }
    await updatePerson(catalog.rows, person.id, renewed)
    return { person: { ...person, ...renewed }, succeed, succeedHalf }
  }

  async function begin(person: PersonRow, address: string): Promise<BegunSession> {
    const now = clock.now()
    const secret = newSecret('hfs', chance)
    const expiresAt = now + sessionLength()
    const id = newId(clock, chance)
    await removeEndedSessions(catalog.rows, now)
    const digest = digestSecret(secret)
    const isIn = await catalog.transaction(async (rows) => {
      const current = await findPerson(rows, person.id)
      // The password was changed, or the person removed, while this one was tried: what ended all sessions ends this one.
      if (!current || current.is_enabled !== 1 || current.password !== person.password) return false
      const times = { created_at: now, expires_at: expiresAt, seen_at: now }
      await insertSession(rows, { id, digest, person_id: person.id, address, ...times })
      await updatePerson(rows, person.id, { seen_at: now })
      return true
    })
    if (!isIn) throw notHim()
    return {
      caller: callerOf(person, { kind: 'session', id }, accessOf(person.role as Role), expiresAt),
      secret,
      expiresAt,
    }
  }

  return {
    async signIn({ name, password, totp, address }) {
      const { person, succeed, succeedHalf } = await tryPassword(name, password, address)
      if (person.totp_sealed !== null) {
        if (totp === undefined) {
          succeedHalf()
          throw needsTotp()
        }
        const secret = key.open(person.totp_sealed, totpContext(person.id))
        const step = verifyTotp(secret, totp, { now: clock.now(), lastStep: person.totp_step ?? undefined })
        if (step === undefined) throw wrongTotp()
        // At once with the question: of two that come with the same code one is too late.
        if (!(await takeTotpStep(catalog.rows, person.id, step))) throw wrongTotp()
      }
      succeed()
      return begin(person, address)
    },
    begin,
    async prove(personId, password, address) {
      const person = await findPerson(catalog.rows, personId)
      if (!person) throw notHim()
      const proved = await tryPassword(person.name, password, address).catch((error: unknown) => {
        throw isCode(error, 'identity/refused') ? notHisOwn(error) : error
      })
      proved.succeed()
      return proved.person
    },
    async authenticate(secret, kind) {
      const now = clock.now()
      if (kind === 'session') {
        const session = await findSession(catalog.rows, digestSecret(secret))
        if (!session || session.expires_at <= now) return undefined
        const person = await findPerson(catalog.rows, session.person_id)
        if (!person || person.is_enabled !== 1) {
          await removeSession(catalog.rows, session.id)
          return undefined
        }
        const expiresAt = now + sessionLength()
        if (now - session.seen_at > SEEN_EVERY) {
          await noteSeen(async () => {
            await touchSession(catalog.rows, session.id, now, expiresAt)
            await updatePerson(catalog.rows, person.id, { seen_at: now })
          })
        }
        return callerOf(person, { kind, id: session.id }, accessOf(person.role as Role), expiresAt)
      }
      const token = await findToken(catalog.rows, digestSecret(secret))
      if (!token || (token.expires_at !== null && token.expires_at <= now)) return undefined
      const person = await findPerson(catalog.rows, token.person_id)
      if (!person || person.is_enabled !== 1) return undefined
      if (now - (token.seen_at ?? 0) > SEEN_EVERY) await noteSeen(() => touchToken(catalog.rows, token.id, now))
      // No more than its owner has by now.
      const granted = (JSON.parse(token.access) as Access[]).filter((access) => isGranted(person.role as Role, access))
      return callerOf(person, { kind, id: token.id }, granted, token.expires_at)
    },
  }
}

/** Where a full disk takes no more notes, people can still look what is wrong. What is told of the catalog is told elsewhere. */
async function noteSeen(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
  }
}

/** By which somebody signs in, however he writes it. */
export function nameKey(name: string): string {
  return name.trim().normalize('NFKC').toLowerCase()
}

export function totpContext(personId: string): string {
  return `person:${personId}:totp`
}

function callerOf(person: PersonRow, by: Caller['by'], access: readonly Access[], expiresAt: number | null): Caller {
  return {
    userId: person.id,
    name: person.name,
    role: person.role as Role,
    access,
    sourceRoots: rootsOf(person.source_roots),
    restoreRoots: rootsOf(person.restore_roots),
    by,
    expiresAt,
  }
}

export function rootsOf(stored: string | null): string[] | null {
  return stored === null ? null : (JSON.parse(stored) as string[])
}

function notHim(): CoreError {
  return new CoreError('identity/refused', 'The name or the password is wrong.', {
    remedy: 'Try again. An administrator can set a new password.',
  })
}

/** He is signed in: only one of all the passwords that he may know can be meant. */
function notHisOwn(cause: CoreError): CoreError {
  return new CoreError('identity/refused', 'That is not the password that you sign in with.', {
    cause,
    safety: 'Nothing was changed, and no secret was told.',
    remedy: 'Give your own password of this appliance, and not that of a vault.',
  })
}

function needsTotp(): CoreError {
  return new CoreError('identity/totp-needed', 'The second factor is missing.', {
    remedy: 'Give the six digits that your authenticator shows.',
    context: { field: 'totp' },
  })
}

function wrongTotp(): CoreError {
  return new CoreError('identity/refused', 'The second factor is wrong, or was used already.', {
    remedy: 'Wait for the next six digits. If that does not help, look whether the clocks are right.',
    context: { field: 'totp' },
  })
}

function mustWait(wait: number): CoreError {
  const seconds = Math.ceil(wait / 1000)
  return new CoreError('service/busy', 'There were too many attempts to sign in.', {
    retryable: true,
    remedy: `Try again in ${seconds} seconds.`,
    context: { seconds },
  })
}
