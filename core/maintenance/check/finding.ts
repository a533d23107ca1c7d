/** What a finding is about. */
export type ObjectKind = 'key' | 'lock' | 'snapshot' | 'index' | 'pack' | 'tree' | 'file'

/**
 * What can still be restored in spite of a finding: everything; everything but what hangs on the object; or everything
 * else now, and that too once the index is built anew.
 */
export type Restorable = 'all' | 'rest' | 'after-repair'

/** Something that is other than it should be. */
export interface Finding {
  readonly kind: FindingKind
  /** Damage fails a check; a hint does not. */
  readonly severity: 'damage' | 'hint'
  readonly object: {
    readonly kind: ObjectKind
    /** Full id; of a file its name, made printable. */
    readonly name: string
  }
  /** What is wrong with it, as a sentence that names it. */
  readonly message: string
  /** What that means, as a sentence. */
  readonly meaning: string
  readonly restorable: Restorable
  /** What to do next, as a sentence. */
  readonly remedy: string
}

export type FindingKind = keyof typeof RULES

interface Rule extends Pick<Finding, 'severity' | 'meaning' | 'restorable' | 'remedy'> {
  readonly object: ObjectKind
}

const BACK_UP_AGAIN =
  'Put the pack back from a copy of the repository if there is one. If not, `holdfast repo repair packs` saves what can be read of it and takes it out of the index; then back up again: what the sources still have is stored anew.'
const PACK_IS_GONE =
  'Put the pack back from a copy of the repository if there is one. If not: back up again, so that what the sources still have is stored anew; then `holdfast repo repair index` forgets the pack, and `holdfast repo repair snapshots` leaves out what is lost.'
const LIST_OR_LEAVE_OUT =
  'If an index is damaged or packs are in none, run `holdfast repo repair index`. Else back up again, so that what the sources still have is stored anew; `holdfast repo repair snapshots` leaves out what is lost then.'
const BUILD_INDEX = 'Have the index built anew from the packs: `holdfast repo repair index`.'

/** What is other in the rule of a pack that is longer than its index says: what is not listed may well be whole. */
export const PACK_IS_LONGER = {
  meaning: 'The file grew, or the index does not list all that is in it, so some of its blobs may not be found.',
  remedy: `${BUILD_INDEX} Where that cannot read its header, \`holdfast repo repair packs\` saves what the index lists of it.`,
} as const

/** What is other in the rule of a damaged entry by what a restore loses of it. */
export const LESS_LOST = {
  entry: {},
  metadata: { meaning: 'Times and attributes of this folder cannot be restored. What is in it is not affected.' },
  nothing: {
    meaning: 'No restore needs this of it. Stock restic cannot read the folder that the entry is in.',
    restorable: 'all',
  },
} as const

const RULES = {
  'key-damaged': {
    object: 'key',
    severity: 'damage',
    meaning: 'This password may not open the repository much longer. The data itself is not affected.',
    restorable: 'all',
    remedy:
      'Put the file back from a copy, or add a key with a new password and remove this one, while one still opens.',
  },
  'lock-unreadable': {
    object: 'lock',
    severity: 'damage',
    meaning: 'Nobody can tell who holds it, so backups are refused. The data itself is not affected.',
    restorable: 'all',
    remedy: 'Once nobody uses the repository, `holdfast repo unlock --remove-all` removes it.',
  },
  'snapshot-unreadable': {
    object: 'snapshot',
    severity: 'damage',
    meaning: 'This snapshot cannot be restored. Others are not affected.',
    restorable: 'rest',
    remedy:
      'Put the file back from a copy of the repository. Where there is none, and all else is mended, `holdfast repo repair snapshots --forget` removes it.',
  },
  'index-unreadable': {
    object: 'index',
    severity: 'damage',
    meaning: 'What only this index lists cannot be found, though its packs may be whole.',
    restorable: 'after-repair',
    remedy: BUILD_INDEX,
  },
  'index-contradiction': {
    object: 'pack',
    severity: 'damage',
    meaning: 'What the index says of this pack cannot be true, so some of its blobs may not be found.',
    restorable: 'after-repair',
    remedy: BUILD_INDEX,
  },
  'pack-missing': {
    object: 'pack',
    severity: 'damage',
    meaning: 'The blobs in it cannot be read, nor the files and folders that need them and no other copy.',
    restorable: 'rest',
    remedy: PACK_IS_GONE,
  },
  'pack-size': {
    object: 'pack',
    severity: 'damage',
    meaning: 'The file was cut off or grew. What lies behind its end cannot be read.',
    restorable: 'rest',
    remedy: BACK_UP_AGAIN,
  },
  'pack-damaged': {
    object: 'pack',
    severity: 'damage',
    meaning: 'The damaged blobs in it cannot be read, nor the files and folders that need them and no other copy.',
    restorable: 'rest',
    remedy: BACK_UP_AGAIN,
  },
  'pack-header': {
    object: 'pack',
    severity: 'damage',
    meaning: 'All blobs that the index lists in it are whole. Only building the index anew would not find them.',
    restorable: 'all',
    remedy: BACK_UP_AGAIN,
  },
  'pack-unreadable': {
    object: 'pack',
    severity: 'damage',
    meaning: 'The storage did not hand it out, so nobody knows whether it is whole.',
    restorable: 'rest',
    remedy: 'Look for disk or network errors in the system log, then check again.',
  },
  'pack-unsteady': {
    object: 'pack',
    severity: 'damage',
    meaning:
      'It is whole where it is stored. The memory of this computer, a cable, the network or the disk changes what is read, and so what is stored or restored.',
    restorable: 'all',
    remedy:
      'Test the memory and the disks of this computer and of the storage, then check again. There is nothing to repair.',
  },
  'pack-mixed': {
    object: 'pack',
    severity: 'hint',
    meaning: 'Versions of restic before 0.8 made such packs. Nothing is lost; reading folders takes longer.',
    restorable: 'all',
    remedy: 'Nothing needs to be done; the next `holdfast repo prune` takes it apart.',
  },
  'pack-orphan': {
    object: 'pack',
    severity: 'hint',
    meaning: 'An interrupted backup leaves such packs. They only take room.',
    restorable: 'all',
    remedy: 'Nothing needs to be done; the next `holdfast repo prune` removes it.',
  },
  'pack-unlisted': {
    object: 'pack',
    severity: 'damage',
    meaning: 'An index that listed it seems to be lost, and what is missing is probably in it.',
    restorable: 'after-repair',
    remedy: `${BUILD_INDEX} Prune nothing before: that would remove it.`,
  },
  'orphan-damaged': {
    object: 'pack',
    severity: 'hint',
    meaning: 'It is in no index, so nothing needs it, unless an index was lost.',
    restorable: 'all',
    remedy: 'Nothing needs to be done; the next `holdfast repo prune` removes it.',
  },
  'pack-repeated': {
    object: 'pack',
    severity: 'hint',
    meaning: 'It is listed in several index files, which costs a little room and no data.',
    restorable: 'all',
    remedy: 'Nothing needs to be done; the next `holdfast repo prune` tidies it, where all say the same of it.',
  },
  'pack-needed': {
    object: 'pack',
    severity: 'damage',
    meaning:
      'A prune with a grace took it out of the index, and a snapshot needs it again. Holdfast restores what is in it; stock restic does not see it.',
    restorable: 'all',
    remedy: 'Run `holdfast repo prune`: it takes the pack back.',
  },
  'tree-missing': {
    object: 'tree',
    severity: 'damage',
    meaning: 'All that is below this folder cannot be found.',
    restorable: 'rest',
    remedy: LIST_OR_LEAVE_OUT,
  },
  'tree-damaged': {
    object: 'tree',
    severity: 'damage',
    meaning: 'All that is below this folder cannot be found.',
    restorable: 'rest',
    remedy: BACK_UP_AGAIN,
  },
  'content-missing': {
    object: 'file',
    severity: 'damage',
    meaning: 'This file cannot be restored whole.',
    restorable: 'rest',
    remedy: LIST_OR_LEAVE_OUT,
  },
  'node-damaged': {
    object: 'file',
    severity: 'damage',
    meaning: 'This entry cannot be restored. Others in the same folder are not affected.',
    restorable: 'rest',
    remedy: 'Back up again; the next snapshot has it.',
  },
  'file-size': {
    object: 'file',
    severity: 'hint',
    meaning: 'It changed while it was backed up. What was read of it is restored, as it was read.',
    restorable: 'all',
    remedy: 'If the file matters, compare with the snapshot before and after this one.',
  },
} as const satisfies Record<string, Rule>

/** Makes a finding. `message` goes on after the object's kind and short name. */
export function finding(
  kind: FindingKind,
  name: string,
  what: string,
  changes: Partial<Pick<Finding, 'meaning' | 'restorable' | 'remedy'>> = {},
): Finding {
  const { object, ...rule } = RULES[kind]
  const shown = object === 'file' ? name : name.slice(0, 10)
  const message = `${object.charAt(0).toUpperCase()}${object.slice(1)} ${shown} ${what}.`
  return { kind, ...rule, object: { kind: object, name }, message, ...changes }
}
