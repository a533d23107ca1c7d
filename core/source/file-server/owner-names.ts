import { readFileSync } from 'node:fs'

/** Names of users and groups by number, as they were when this was made. Unknown numbers have the empty name. */
export interface OwnerNames {
  user(id: number): string
  group(id: number): string
}

export interface OwnerFiles {
  readonly passwd: string
  readonly group: string
}

const SYSTEM_FILES: OwnerFiles = { passwd: '/etc/passwd', group: '/etc/group' }

/**
 * Reads the local user and group files once. Accounts that live elsewhere (LDAP, SSSD) have no name here, as in a
 * restic built without cgo: asking the name service could block a backup on a network, and owners are restored by
 * number. A file that cannot be read counts as empty.
 */
export function readOwnerNames(files: OwnerFiles = SYSTEM_FILES): OwnerNames {
  const users = parse(files.passwd)
  const groups = parse(files.group)
  return { user: (id) => users.get(id) ?? '', group: (id) => groups.get(id) ?? '' }
}

/** Lines are `name:password:number:…` (passwd(5), group(5)); the first line of a number counts. */
function parse(path: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of readOrEmpty(path).split('\n')) {
    const [name = '', , number = ''] = line.split(':')
    // A leading + or - refers to NIS, # is a comment.
    if (name === '' || /^[+\-#]/.test(name) || !/^\d+$/.test(number)) continue
    if (!names.has(Number(number))) names.set(Number(number), name)
  }
  return names
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
