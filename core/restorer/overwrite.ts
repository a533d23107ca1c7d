import type { EntryStat } from '../source/index.ts'

/** What happens to a file that is there already. `always` and `if-changed` write only what differs. */
export type Overwrite = 'always' | 'if-changed' | 'if-newer' | 'never'

/**
 * Whether a file that is there is left as it is. `if-changed` believes size and modification time; `if-newer` keeps
 * what is as new as the snapshot's file or newer; `always` looks at the content.
 */
export function isKept(there: EntryStat, size: bigint, modified: bigint, overwrite: Overwrite): boolean {
  switch (overwrite) {
    case 'always':
      return false
    case 'if-changed':
      return there.size === size && there.mtimeNs === modified
    case 'if-newer':
      return there.mtimeNs >= modified
    case 'never':
      return true
    default:
      return overwrite satisfies never
  }
}
