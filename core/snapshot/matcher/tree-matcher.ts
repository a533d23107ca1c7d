import type { EntryFacts } from '../../file-system/index.ts'
import { goModeFromUnix } from '../tree/go-file-mode.ts'
import { openMatchKernel } from './kernel.ts'

/** How users and groups are called now. Empty: not known. */
export interface Owners {
  userName(id: number): string
  groupName(id: number): string
}

/** `absent`: no such entry. `same`: a file, as it was. `other`: anything else. `unsure`: stored in an unknown way. */
export type Match = 'absent' | 'same' | 'other' | 'unsure'

/** A tree that is being matched. Names are asked for in the order of their bytes. */
export interface MatchedTree {
  /**
   * Looks for an entry. After `same` and `other`, `start` and `end` tell where its node stands in the tree; after `same`
   * the ids of its content are `ids(count)`.
   */
  find(name: string, facts: EntryFacts | undefined): Match
  readonly start: number
  readonly end: number
  /** Whether the name that was found has no byte from 128 up. What has may not be UTF-8. */
  readonly isNameAscii: boolean
  readonly idCount: number
  id(number: number): Uint8Array
  /** Whoever opens closes, the last that was opened first. */
  close(): void
}

/** Finds unchanged files in stored trees: in WebAssembly, as a file costs a third of what JavaScript takes for it. */
export interface TreeMatcher {
  /** Takes a copy of a tree; undefined where it is too large, or not stored as restic and Holdfast do. */
  open(plain: Uint8Array): MatchedTree | undefined
}

/** Of all trees that are open at once. Memory that WebAssembly took is never given back. */
const MOST_BYTES = 32 * 1024 * 1024
const PAGE = 65_536
const LONGEST_NAME = 4096
/** The kernel may look a little past a tree's end before it finds that it ended. */
const MARGIN = 128

export function createTreeMatcher(owners: Owners): TreeMatcher {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: MOST_BYTES / PAGE })
  const kernel = openMatchKernel(memory)
  const addresses = {
    expected: kernel.EXPECTED.value / 4,
    found: kernel.FOUND.value / 4,
    name: kernel.NAME.value,
    user: kernel.USER.value,
    group: kernel.GROUP.value,
    ids: kernel.IDS.value,
  }
  const answers: Match[] = []
  answers[kernel.ABSENT.value] = 'absent'
  answers[kernel.SAME.value] = 'same'
  answers[kernel.OTHER.value] = 'other'
  let bytes = Buffer.from(memory.buffer)
  let words = new Uint32Array(memory.buffer)
  /** Views of the ids that were found, made when they are asked for. */
  let ids: Uint8Array[] = []
  let top = kernel.TREES.value
  let uid = -1
  let gid = -1

  function grow(needed: number): boolean {
    if (needed > MOST_BYTES) return false
    if (needed > bytes.length) {
      memory.grow(Math.ceil((needed - bytes.length) / PAGE))
      bytes = Buffer.from(memory.buffer)
      words = new Uint32Array(memory.buffer)
      ids = []
    }
    return true
  }

  function expect(facts: EntryFacts): void {
    if (facts.uid !== uid || facts.gid !== gid) expectOwners(facts.uid, facts.gid)
    const at = addresses.expected
    words[at] = facts.sizeLow
    words[at + 1] = facts.sizeHigh
    words[at + 2] = facts.inodeLow
    words[at + 3] = facts.inodeHigh
    words[at + 4] = facts.deviceLow
    words[at + 5] = facts.deviceHigh
    words[at + 6] = facts.links
    words[at + 7] = 0
    words[at + 8] = facts.mtime
    words[at + 9] = Math.floor(facts.mtime / 2 ** 32)
    words[at + 10] = facts.mtimeNanos
    words[at + 12] = facts.ctime
    words[at + 13] = Math.floor(facts.ctime / 2 ** 32)
    words[at + 14] = facts.ctimeNanos
    words[at + 16] = goModeFromUnix(facts.mode)
  }

  function expectOwners(newUid: number, newGid: number): void {
    uid = newUid
    gid = newGid
    const at = addresses.expected
    words[at + 17] = uid
    words[at + 18] = gid
    words[at + 20] = bytes.write(owners.userName(uid).slice(0, LONGEST_NAME / 4), addresses.user, LONGEST_NAME)
    words[at + 21] = bytes.write(owners.groupName(gid).slice(0, LONGEST_NAME / 4), addresses.group, LONGEST_NAME)
  }

  function matchedTree(first: number, start: number, stop: number): MatchedTree {
    let next = first
    return {
      find(name, facts) {
        if (name.length > LONGEST_NAME) return 'unsure'
        if (facts) expect(facts)
        words[addresses.expected + 19] = bytes.latin1Write(name, addresses.name)
        const answer = answers[kernel.match(next, stop)] ?? 'unsure'
        next = words[addresses.found + 2] ?? 0
        return answer
      },
      get start() {
        return (words[addresses.found] ?? 0) - start
      },
      get end() {
        return (words[addresses.found + 1] ?? 0) - start
      },
      get isNameAscii() {
        return (words[addresses.found + 4] ?? 0) < 0x80
      },
      get idCount() {
        return words[addresses.found + 3] ?? 0
      },
      id: (number) => (ids[number] ??= bytes.subarray(addresses.ids + 32 * number, addresses.ids + 32 * (number + 1))),
      close() {
        top = start
      },
    }
  }

  return {
    open(plain) {
      const start = top
      const stop = start + plain.length
      if (!grow(stop + MARGIN)) return undefined
      bytes.set(plain, start)
      const first = kernel.firstNode(start, stop)
      if (first === 0) return undefined
      top = stop
      return matchedTree(first, start, stop)
    },
  }
}
