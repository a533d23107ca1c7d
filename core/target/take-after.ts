import { fchmodSync, fchownSync } from 'node:fs'

import { type EntryStat, LONGEST_ATTRIBUTE_VALUE, openSystemCalls, systemError } from '../file-system/index.ts'

/** What a file is like that another one will replace: whose it is, and who may do what with it. */
export interface Likeness {
  readonly user: number
  readonly group: number
  readonly mode: number
  /** As the attribute has it. */
  readonly acl: Buffer | undefined
}

/** Called for what the new file could not be given. */
export type LikenessLoss = (part: 'owner' | 'mode' | 'ACL', error: unknown) => void

const ACL = Buffer.from('system.posix_acl_access')
// chown(2): -1 leaves this one as it is.
const KEEP = -1
const SETUID_SETGID = 0o6000
const GROUP = 0o070

export function likenessOf(path: Buffer, { uid, gid, mode }: EntryStat): Likeness {
  const space = Buffer.alloc(LONGEST_ATTRIBUTE_VALUE)
  const length = openSystemCalls()?.getAttribute(path, ACL, space) ?? -1
  return {
    user: Number(uid),
    group: Number(gid),
    mode: Number(mode) & 0o7777,
    acl: length > 0 ? space.subarray(0, length) : undefined,
  }
}

/** Makes an open file like that. Nobody gets a right that he did not have: where it cannot be given away it stays closed to its group. */
export function takeAfter(descriptor: number, { user, group, mode, acl }: Likeness, loss: LikenessLoss): void {
  // The owner first: giving it away clears bits of the mode.
  const isOwned = tried('owner', () => fchownSync(descriptor, user, group), loss)
  const isOfGroup =
    isOwned ||
    tried(
      'owner',
      () => fchownSync(descriptor, KEEP, group),
      () => undefined,
    )
  const allowed = isOwned ? mode : mode & ~SETUID_SETGID
  tried('mode', () => fchmodSync(descriptor, isOfGroup ? allowed : allowed & ~GROUP), loss)
  if (!acl) return
  if (!isOfGroup) {
    loss('ACL', new Error('its group is another one'))
    return
  }
  const answer = openSystemCalls()?.setAttribute(descriptor, ACL, acl) ?? 0
  if (answer < 0) loss('ACL', systemError(answer, 'setxattr', ACL))
}

function tried(part: 'owner' | 'mode', work: () => void, loss: LikenessLoss): boolean {
  try {
    work()
    return true
  } catch (error) {
    loss(part, error)
    return false
  }
}
