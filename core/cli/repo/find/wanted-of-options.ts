import { CoreError } from '../../../base/index.ts'
import { createWantedIds, type WantedIds } from '../../../snapshot/index.ts'
import { byteStringOf } from '../../byte-arguments.ts'
import type { FindOptions } from './find-options.ts'
import { parseFindTime } from './find-time.ts'
import type { FoundId } from './id-query.ts'
import type { FindPatterns } from './pattern-query.ts'

/** What is looked for: ids or patterns. */
export type Wanted =
  | { readonly kind: 'ids'; readonly type: FoundId['type']; readonly ids: WantedIds }
  | { readonly kind: 'patterns'; readonly patterns: FindPatterns }

/** What options and patterns state. Throws `input/invalid`. */
export function wantedOf(patterns: readonly string[], options: FindOptions): Wanted {
  const { blob, tree, ignoreCase = false } = options
  if (blob && tree) throw invalid('--blob and --tree are two sorts of ids.', 'Look for one of them after the other.')
  const oldest = options.oldest === undefined ? undefined : parseFindTime(options.oldest, '--oldest')
  const newest = options.newest === undefined ? undefined : parseFindTime(options.newest, '--newest')
  if (blob || tree) {
    if (ignoreCase || options.long || oldest !== undefined || newest !== undefined) {
      throw invalid(
        '--ignore-case, --long, --oldest and --newest are for names, not for ids.',
        'Leave them out, or --blob and --tree.',
      )
    }
    return { kind: 'ids', type: tree ? 'tree' : 'blob', ids: createWantedIds(patterns) }
  }
  if (oldest !== undefined && newest !== undefined && oldest > newest) {
    throw invalid('--oldest is after --newest, so that nothing lies between them.', 'Exchange the two.')
  }
  return { kind: 'patterns', patterns: { patterns: patterns.map(byteStringOf), ignoreCase, oldest, newest } }
}

function invalid(message: string, remedy: string): CoreError {
  return new CoreError('input/invalid', message, { safety: 'Nothing was changed.', remedy })
}
