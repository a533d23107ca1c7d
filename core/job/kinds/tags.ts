/** Tags by which a recovery point names the backup set and the run that it is of. The id follows. */
export const SET_TAG = 'holdfast-set:'
export const RUN_TAG = 'holdfast-run:'
/** Marks copies of the catalog. */
export const CATALOG_TAG = 'holdfast-catalog'

/** The id behind the first tag that begins so. */
export function taggedId(tags: readonly string[], tag: typeof SET_TAG | typeof RUN_TAG): string | undefined {
  return tags.find((each) => each.startsWith(tag))?.slice(tag.length)
}
