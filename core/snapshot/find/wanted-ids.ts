import { CoreError } from '../../base/index.ts'
import { ID_BYTES } from '../../repository/index.ts'

/** Ids that somebody looks for, by all of their digits or the first ones. */
export interface WantedIds {
  /** The first id among these, 32 bytes each, that is wanted from the position `from` on; -1 where there is none. */
  indexIn(ids: Buffer, from?: number): number
  /** What of the wanted was not among them yet. */
  missing(): string[]
}

/** Throws `input/invalid` for what is no beginning of an id. */
export function createWantedIds(prefixes: readonly string[]): WantedIds {
  const wanted = [...new Set(prefixes.map((prefix) => prefix.toLowerCase()))]
  for (const prefix of wanted) if (!/^[0-9a-f]{1,64}$/.test(prefix)) throw noId(prefix)
  const byFirstByte = Array.from({ length: 256 }, (_, byte) => {
    const digits = byte.toString(16).padStart(2, '0')
    return wanted.filter((prefix) => prefix.startsWith(digits) || digits.startsWith(prefix))
  })
  const met = new Set<string>()

  return {
    indexIn(ids, from = 0) {
      for (let at = from; at < ids.length; at += ID_BYTES) {
        const candidates = byFirstByte[ids[at] ?? 0] ?? []
        if (candidates.length === 0) continue
        const id = ids.toString('hex', at, at + ID_BYTES)
        const meant = candidates.filter((prefix) => id.startsWith(prefix))
        for (const prefix of meant) met.add(prefix)
        if (meant.length > 0) return at
      }
      return -1
    },
    missing: () => wanted.filter((prefix) => !met.has(prefix)),
  }
}

function noId(text: string): CoreError {
  return new CoreError('input/invalid', `${JSON.stringify(text)} is no id, nor the beginning of one.`, {
    safety: 'Nothing was changed.',
    remedy: 'Give hexadecimal digits, as messages and `holdfast repo check` show them: 420f620f.',
  })
}
