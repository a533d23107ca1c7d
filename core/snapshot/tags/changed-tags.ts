import { REPAIRED } from './repaired.ts'

/** What becomes of a snapshot's tags: others in their place, or some more and some less. */
export type TagChange =
  | { readonly type: 'set'; readonly tags: readonly string[] }
  | { readonly type: 'change'; readonly add: readonly string[]; readonly remove: readonly string[] }

/**
 * The tags after a change; undefined where they are the same, in whatever order. What is both added and removed is gone
 * in the end, as in restic. That something of a snapshot is lost stays said, whatever is asked for.
 */
export function changedTags(tags: readonly string[], change: TagChange): readonly string[] | undefined {
  const [before, after] = [new Set(tags), new Set(resultOf(tags, change))]
  if (before.has(REPAIRED)) after.add(REPAIRED)
  const isSame = before.size === after.size && [...before].every((tag) => after.has(tag))
  return isSame ? undefined : [...after]
}

function resultOf(tags: readonly string[], change: TagChange): readonly string[] {
  if (change.type === 'set') return change.tags
  return [...tags, ...change.add].filter((tag) => !change.remove.includes(tag))
}
