import { CoreError } from '../../../base/index.ts'
import type { CompressionLevel } from '../../../repository/index.ts'

const LEVELS: Readonly<Record<string, CompressionLevel>> = {
  off: 'off',
  fastest: 'fastest',
  auto: 'default',
  default: 'default',
  better: 'better',
  max: 'better',
}

/** Throws `input/invalid`. */
export function compressionLevel(text: string): CompressionLevel {
  const level = LEVELS[text]
  if (level) return level
  throw new CoreError('input/invalid', `--compression ${text} is not known.`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Give off, fastest, default or better.',
  })
}
