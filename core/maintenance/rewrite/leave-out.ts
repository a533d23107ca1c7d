import type { RestoreSelection } from '../../selection/index.ts'
import type { Rewriting, Settle } from './rewriting.ts'

/** Leaves out what a selection does not take, and what lies below it, but for what is settled. */
export function leaveOut(selection: RestoreSelection, settle?: Settle): Rewriting {
  return {
    byPath: true,
    inFolder(path) {
      const isTaken = selection.inFolder(path)
      return (_, name) => (isTaken(name) ? undefined : { type: 'drop' })
    },
    ...(settle && { settle }),
  }
}
