import type { Content } from '../../../core/contract/index.ts'

export const NO_CONTENT: Content = {
  roots: [],
  excludes: [],
  excludeCaches: true,
  excludeLargerThan: null,
  oneFileSystem: false,
}

/** Patterns as they are typed: one on each line. */
export function patternsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export const MIB = 1024 ** 2
