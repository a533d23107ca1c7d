/** Tags that belong together in one `--tag`: all of them are meant. */
export type TagList = readonly string[]

/**
 * Splits the value of one `--tag` at its commas and cuts white space off, as restic does: `'a, b'` means a and b.
 * The empty value gives one empty tag, which stands for "no tags at all".
 */
export function parseTagList(value: string): string[] {
  return value.split(',').map((tag) => tag.trim())
}

/** Whether a snapshot with `tags` fits one list: it has every tag of it. The empty tag wants a snapshot without tags. */
export function fitsTagList(tags: readonly string[], list: TagList): boolean {
  return list.every((tag) => (tag === '' ? tags.length === 0 : tags.includes(tag)))
}
