import type { User } from '../../../core/contract/index.ts'

/** What an administrator says of a user, as a form holds it. */
export type UserDraft = Pick<User, 'role' | 'isEnabled' | 'sourceRoots' | 'restoreRoots'>

/** A new user may look, and nothing else, until somebody decides otherwise. */
const NEW_USER: UserDraft = { role: 'viewer', isEnabled: true, sourceRoots: null, restoreRoots: null }

export function userDraftOf(user: UserDraft = NEW_USER): UserDraft {
  const { role, isEnabled, sourceRoots, restoreRoots } = user
  return { role, isEnabled, sourceRoots, restoreRoots }
}

/** What is different now: nothing else is sent, and the audit then says what was changed. */
export function changesOf(before: UserDraft, now: UserDraft): Partial<UserDraft> {
  const keys = ['role', 'isEnabled', 'sourceRoots', 'restoreRoots'] as const
  return Object.fromEntries(
    keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key])).map((key) => [key, now[key]]),
  )
}

/** Folders with one more, unless it is there already or no whole path. */
export function withRoot(roots: readonly string[], typed: string): string[] {
  const root = typed.trim()
  const path = root === '/' ? root : root.replace(/\/+$/, '')
  return path.startsWith('/') ? [...new Set([...roots, path])] : [...roots]
}
