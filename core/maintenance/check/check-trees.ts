import type { Abortable } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import type { PackLedger } from '../inventory/pack-ledger.ts'
import type { PackLoader } from '../reading/pack-loader.ts'
import type { ProgressMeter } from '../reading/progress.ts'
import { walkTrees } from '../reading/walk-trees.ts'
import { type BlobStates, FLAG } from './blob-states.ts'
import type { CheckCrew } from './check-crew.ts'
import type { CheckPhase } from './check-phase.ts'
import { type Finding, finding } from './finding.ts'

export interface TreesParts {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  readonly states: BlobStates
  readonly crew: CheckCrew
  readonly loader: PackLoader
  readonly workers: number
  readonly meter: ProgressMeter<CheckPhase>
  readonly report: (finding: Finding) => void
}

/** Looks at every tree that can be reached from the roots, and whether what it names is there. Returns how many. */
export function checkTrees(roots: Iterable<number>, parts: TreesParts, options: Abortable): Promise<number> {
  const { index, ledger, states, crew, loader, workers, meter, report } = parts
  const flags = new Uint8Array(states.flags)
  return walkTrees(
    roots,
    {
      index,
      ledger,
      loader,
      workers,
      claim: (entry) => (Atomics.or(flags, entry, FLAG.visited) & FLAG.visited) === 0,
      read: (job) => crew.run('trees', job),
      onRead({ trees, findings, missesSome }) {
        meter.add(trees)
        for (const each of findings) report(each)
        if (missesSome) states.noteLoss()
      },
      onUnreadable: (entry) => states.dropCopy(entry),
      onLost(entry, reason) {
        states.noteLoss()
        const pack = ledger.nameOf(index.locate(entry).pack).slice(0, 10)
        report(finding('tree-damaged', index.idOf(entry).toString('hex'), `in pack ${pack} cannot be read: ${reason}`))
      },
    },
    options,
  )
}
