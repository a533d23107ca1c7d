import { InvalidArgumentError } from 'commander'

import type { GroupKey } from '../../../snapshot/index.ts'

/** Reads the value of `--group-by`. */
export function groupKeys(text: string): readonly GroupKey[] {
  const keys = text.split(',').filter((key) => key !== '')
  const known = keys.map((key) => KEYS[key])
  if (known.every((key) => key !== undefined)) return [...new Set(known)]
  throw new InvalidArgumentError('Give host, paths, tags or several of them, separated by commas.')
}

const KEYS: Readonly<Record<string, GroupKey>> = {
  host: 'host',
  hosts: 'host',
  path: 'paths',
  paths: 'paths',
  tag: 'tags',
  tags: 'tags',
}
