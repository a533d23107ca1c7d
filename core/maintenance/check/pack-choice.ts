import { type Chance, CoreError, parseBytes } from '../../base/index.ts'

/** Which packs are read: none; all; the n-th of t parts, so that t checks read each once; or some at random. */
export type PackChoice =
  | { readonly type: 'none' }
  | { readonly type: 'all' }
  | { readonly type: 'part'; readonly part: number; readonly of: number }
  | { readonly type: 'percent'; readonly percent: number }
  | { readonly type: 'bytes'; readonly bytes: number }

/** A pack's name begins with so many different bytes: restic parts them by the first. */
const MOST_PARTS = 256

/**
 * Reads `2/5`, `2.5%` or `500M`, as restic's manual has it ("Checking integrity and consistency"). Throws
 * `input/invalid`.
 */
export function parsePackChoice(text: string): PackChoice {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (part !== undefined && of !== undefined) {
    const choice = { type: 'part', part: Number(part), of: Number(of) } as const
    if (choice.part >= 1 && choice.part <= choice.of && choice.of <= MOST_PARTS) return choice
    throw refused(text, `the second number is at most ${MOST_PARTS}, the first between 1 and the second`)
  }
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (number !== undefined) {
    const percent = Number(number)
    if (percent > 0 && percent <= 100) return { type: 'percent', percent }
    throw refused(text, 'a percentage is above 0 and at most 100')
  }
  const bytes = parseBytes(text)
  if (bytes !== undefined && bytes > 0) return { type: 'bytes', bytes }
  throw refused(text, 'it is none of these')
}

function refused(text: string, why: string): CoreError {
  return new CoreError('input/invalid', `${JSON.stringify(text)} does not say which packs to read: ${why}.`, {
    safety: 'Nothing was read or changed.',
    remedy: 'Give a part such as 2/5, a share such as 2.5%, or a size such as 500M.',
  })
}

/** What a choice needs to know of the packs. Packs are numbers from 0. */
export interface ChoosablePacks {
  readonly count: number
  /** The first byte of its name. */
  firstByte(pack: number): number
  /** Bytes; NaN for one that is not there. */
  size(pack: number): number
}

/** The packs to read, in the order in which to read them. At least one, if there are any, unless none were wanted. */
export function choosePacks(packs: ChoosablePacks, choice: PackChoice, chance: Chance): Uint32Array {
  const there = Uint32Array.from({ length: packs.count }, (_, pack) => pack).filter((pack) => packs.size(pack) >= 0)
  switch (choice.type) {
    case 'none':
      return new Uint32Array(0)
    case 'all':
      return there
    case 'part':
      return there.filter((pack) => packs.firstByte(pack) % choice.of === choice.part - 1)
    case 'percent':
      return shuffle(there, chance).subarray(0, Math.max(1, Math.floor((there.length * choice.percent) / 100)))
    case 'bytes': {
      let bytes = 0
      let count = 0
      for (const pack of shuffle(there, chance)) {
        bytes += packs.size(pack)
        if (bytes > choice.bytes && count > 0) break
        count++
      }
      return there.subarray(0, count)
    }
    default:
      return choice satisfies never
  }
}

function shuffle(packs: Uint32Array, chance: Chance): Uint32Array {
  for (let last = packs.length - 1; last > 0; last--) {
    const other = Math.floor(chance.fraction() * (last + 1))
    const held = packs[last] ?? 0
    packs[last] = packs[other] ?? 0
    packs[other] = held
  }
  return packs
}
