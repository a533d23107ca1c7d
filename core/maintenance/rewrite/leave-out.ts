import type { RestoreSelection } from '../../selection/index.ts'
import type { Rewriting } from './rewriting.ts'

/** Leaves out what a selection does not take, and what lies below it. */
export function leaveOut(selection: RestoreSelection): Rewriting {
  return {
    byPath: true,
    inFolder(path) {
      const isTaken = selection.inFolder(path)
      return (_, name) => (isTaken(name) ? undefined : { type: 'drop' })
    },
  }
}
