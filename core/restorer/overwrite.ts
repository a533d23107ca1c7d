import { type EntryStat, kindOf } from '../file-system/index.ts'

/** What happens to an entry that is there already. `always` and `if-changed` write only what differs. */
export type Overwrite = 'always' | 'if-changed' | 'if-newer' | 'never'

/**
 * How a file gets its name. `in-place`: as soon as it is made; what it lacks when a restore is ended early is seen by its
 * content or its time, and added by the next. Where that does not look at these, a file has its name only when it is
 * whole: `replace` takes the place of an older one, `add` is where nothing was.
 */
export type Naming = 'in-place' | 'replace' | 'add'

export function namingOf(overwrite: Overwrite): Naming {
  if (overwrite === 'never') return 'add'
  return overwrite === 'if-newer' ? 'replace' : 'in-place'
}

/** What the snapshot says of an entry. */
export interface Wanted {
  /** Nanoseconds since the epoch. */
  readonly modified: bigint
  /** Of files only. Bytes. */
  readonly size?: bigint | undefined
}

/**
 * Whether an entry that is there is left as it is. `if-changed` believes size and modification time of files;
 * `if-newer` keeps what is as new as the snapshot's entry or newer; `always` looks at the content.
 */
export function isKept(there: EntryStat, { modified, size }: Wanted, overwrite: Overwrite): boolean {
  switch (overwrite) {
    case 'always':
      return false
    case 'if-changed':
      return kindOf(there) === 'file' && there.size === size && there.mtimeNs === modified
    case 'if-newer':
      return there.mtimeNs >= modified
    case 'never':
      return true
    default:
      return overwrite satisfies never
  }
}
