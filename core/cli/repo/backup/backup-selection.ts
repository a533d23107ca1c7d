import { CoreError, parseBytes } from '../../../base/index.ts'
import type { SelectionOptions } from '../../../selection/index.ts'
import { excludesOf } from '../patterns/patterns-of-options.ts'
import type { BackupCommandOptions } from './backup-options.ts'

/** What the options leave out. Throws `input/invalid`. */
export function selectionOf(options: BackupCommandOptions): SelectionOptions {
  const { excludeLargerThan } = options
  const largest = excludeLargerThan === undefined ? undefined : parseBytes(excludeLargerThan)
  if (excludeLargerThan !== undefined && largest === undefined) {
    throw new CoreError('input/invalid', `--exclude-larger-than ${excludeLargerThan} is not a size.`, {
      safety: 'Nothing was read or stored.',
      remedy: 'Give a number with k, M, G or T, such as 500M.',
    })
  }
  return {
    ...excludesOf(options),
    excludeIfPresent: options.excludeIfPresent,
    excludeCaches: options.excludeCaches,
    excludeLargerThan: largest === undefined ? undefined : BigInt(largest),
    oneFileSystem: options.oneFileSystem,
    onlyUtf8Names: options.skipNamesNotUtf8,
  }
}
