/** What sets kinds of runs apart for those who do not carry them out. */
export interface RunKindTraits {
  /** It removes files of its vault, which nobody else uses meanwhile. */
  readonly isExclusive?: true
  /** It reads for as long as its vault is large, which may take days: no backup waits for it. */
  readonly isLong?: true
  /** Its work is a snapshot that names the run: whether it was made the vault tells, whatever became of the run. */
  readonly makesSnapshot?: true
  /** It stores as fast as its policy says, and no faster. */
  readonly isThrottled?: true
  /** The vault has other recovery points afterwards. */
  readonly changesPoints?: true
  /** It goes on beside all else in its vault, keeps nothing from beginning, and counts for no limit. */
  readonly isBeside?: true
  /** Nothing at all goes on in its vault meanwhile. */
  readonly isAlone?: true
  /** It leaves something in the catalog that is worth a copy of it. */
  readonly isWorthCopy?: true
}

const TRAITS: Readonly<Record<string, RunKindTraits>> = {
  backup: { makesSnapshot: true, isThrottled: true, changesPoints: true, isWorthCopy: true },
  restore: {},
  forget: { isExclusive: true, changesPoints: true, isWorthCopy: true },
  // A vault whose packs moved is read anew, too.
  prune: { isExclusive: true, changesPoints: true, isWorthCopy: true },
  check: { isLong: true, isWorthCopy: true },
  verify: { isLong: true, isWorthCopy: true },
  'catalog-backup': { makesSnapshot: true },
  sync: { isThrottled: true, isBeside: true },
  'cache-build': { isAlone: true, isWorthCopy: true },
  'cache-tidy': { isBeside: true },
  'cache-audit': { isBeside: true },
  'cache-detach': { isAlone: true, isWorthCopy: true },
}

/** Of a kind that this program does not know nothing is assumed: a newer one may have asked for it. */
export function runKind(kind: string): RunKindTraits {
  return TRAITS[kind] ?? {}
}
