import { InvalidArgumentError } from 'commander'

import { parseBytes } from '../../base/index.ts'
import type { Content } from '../../contract/index.ts'
import type { ClientSession } from './client-session.ts'

export interface ContentOptions {
  readonly root: readonly string[]
  readonly exclude?: readonly string[]
  readonly excludeCaches: boolean
  readonly excludeLargerThan?: number
  readonly oneFileSystem?: boolean
}

/** Bytes of `2G`. */
export function largerThan(text: string): number {
  const bytes = parseBytes(text)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('Give a size such as 500M or 2G.')
}

/** Which content a set has, as it was typed. */
export function contentOf(
  { root, exclude = [], excludeCaches, excludeLargerThan, oneFileSystem = false }: ContentOptions,
  paths: ClientSession['paths'],
): Content {
  return {
    roots: root.map(paths.pathOfArgument),
    excludes: [...exclude],
    excludeCaches,
    excludeLargerThan: excludeLargerThan ?? null,
    oneFileSystem,
  }
}
