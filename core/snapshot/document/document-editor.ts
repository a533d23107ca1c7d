import { JsonScanner } from '../json/json-scanner.ts'
import { goJsonText } from '../json/json-string.ts'

/** A snapshot's document of which some members change. All others stay byte for byte, in their places. */
export interface DocumentEditor {
  /** Puts a value, as JSON, where the member is, or where restic would write it; undefined takes the member away. */
  put(key: ChangedMember, value: string | Buffer | undefined): void
  /** Names `id` as the snapshot that this one comes from, unless it names one already. */
  nameOriginal(id: string): void
  document(): Buffer
}

/** In the order in which restic writes them. */
const ORDER = ['parent', 'tree', 'tags', 'original', 'program_version', 'summary'] as const

type ChangedMember = Exclude<(typeof ORDER)[number], 'program_version'>

interface Member {
  readonly key: string
  /** `"key":value`, as it is stored. */
  readonly bytes: Buffer
  readonly isNull: boolean
}

/** `what` names the document for messages, with a capital. Throws `repository/damaged`. */
export function editDocument(plain: Buffer, what: string): DocumentEditor {
  const scanner = new JsonScanner(plain, what)
  const members: Member[] = []
  scanner.members(scanner.space(0), (key, member, start, end) =>
    members.push({ key, bytes: plain.subarray(member, end), isNull: scanner.isNull(start) }),
  )

  function put(key: ChangedMember, value: string | Buffer | undefined): void {
    const behind = new Set<string>(ORDER.slice(ORDER.indexOf(key) + 1))
    const present = members.findIndex((member) => member.key === key)
    const next = members.findIndex((member) => behind.has(member.key))
    const at = present >= 0 ? present : next >= 0 ? next : members.length
    const added =
      value === undefined
        ? []
        : [{ key, bytes: Buffer.concat([Buffer.from(`"${key}":`), Buffer.from(value)]), isNull: false }]
    members.splice(at, present >= 0 ? 1 : 0, ...added)
  }

  return {
    put,
    nameOriginal(id) {
      if (!members.some(({ key, isNull }) => key === 'original' && !isNull)) put('original', goJsonText(id))
    },
    document() {
      const parts = members.flatMap(({ bytes }, at) => (at === 0 ? [bytes] : [COMMA, bytes]))
      return Buffer.concat([OPEN, ...parts, CLOSE])
    },
  }
}

const OPEN = Buffer.from('{')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from('}')
