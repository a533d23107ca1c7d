import { argumentBytes } from '../../../base/index.ts'
import type { ByteString } from '../../../file-system/index.ts'
import { readExcludeFile } from '../../../selection/index.ts'

/** The patterns in these files. */
export function patternsIn(files: readonly string[] = []): ByteString[] {
  return files.flatMap((file) => readExcludeFile(argumentBytes(file), process.env))
}
