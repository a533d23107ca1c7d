import { CoreError } from '../../../base/index.ts'
import { parseTagList, type TagChange } from '../../../snapshot/index.ts'
import type { TagOptions } from './tag-options.ts'

/** The change that options state. Throws `input/invalid` where they state none, or two that exclude each other. */
export function changeOf({ add, remove, set }: TagOptions): TagChange {
  if (set && (add || remove)) {
    throw invalid('--set replaces all tags, so that --add and --remove mean nothing beside it.', 'Give one of the two.')
  }
  if (set) return { type: 'set', tags: tagsIn(set) }
  const change = { add: tagsIn(add ?? []), remove: tagsIn(remove ?? []) }
  if (change.add.length + change.remove.length > 0) return { type: 'change', ...change }
  throw invalid('No tags were given.', 'Name some with --add, --remove or --set; --set "" takes all of them away.')
}

function tagsIn(lists: readonly string[]): string[] {
  return lists.flatMap(parseTagList).filter((tag) => tag !== '')
}

function invalid(message: string, remedy: string): CoreError {
  return new CoreError('input/invalid', message, { safety: 'Nothing was changed.', remedy })
}
