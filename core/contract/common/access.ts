import { z } from 'zod'

export const Role = z.enum(['administrator', 'operator', 'restore-only', 'viewer'])
export type Role = z.output<typeof Role>

/**
 * What an operation asks of whoever calls it.
 *
 * - `anyone`: nothing, not even to be signed in.
 * - `own`: to be signed in; it is about the caller alone.
 * - `view`: to see what is protected, what runs and what went wrong, but no names of files.
 * - `browse`: to look into recovery points, within the user's source roots.
 * - `restore`: to restore and download, within the user's source and restore roots.
 * - `operate`: to start and stop runs, and to acknowledge alerts.
 * - `configure`: to change what is protected, where and how.
 * - `administer`: users, settings, secrets, the audit.
 */
export const Access = z.enum(['anyone', 'own', 'view', 'browse', 'restore', 'operate', 'configure', 'administer'])
export type Access = z.output<typeof Access>

const GRANTED: Readonly<Record<Role, readonly Access[]>> = {
  viewer: ['view'],
  'restore-only': ['view', 'browse', 'restore'],
  operator: ['view', 'browse', 'restore', 'operate'],
  administrator: ['view', 'browse', 'restore', 'operate', 'configure', 'administer'],
}

/** Whether a role, or nobody, may call what asks for `access`. */
export function isGranted(role: Role | undefined, access: Access): boolean {
  if (access === 'anyone') return true
  if (role === undefined) return false
  return access === 'own' || GRANTED[role].includes(access)
}
