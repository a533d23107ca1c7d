import { type Abortable, CoreError } from '../base/index.ts'
import type { FileInfo, Handle, Storage } from '../storage/index.ts'
import { bringDown } from './bring-down.ts'
import { JOURNALLED_KINDS } from './journal/file-state.ts'
import type { Journal } from './journal/journal.ts'
import { mend } from './tiers/mend.ts'
import type { CacheDamage } from './tiers/tiered-reader.ts'
import { hasConfig } from './tiers/whole-file.ts'

export interface RebuildOptions extends Abortable {
  readonly journal: Journal
  readonly local: Storage
  readonly cloud: Storage
  /** The cloud's copy of a file that has to be fetched is damaged. The rebuild goes on without it. */
  readonly onDamaged?: ((damage: CacheDamage) => void) | undefined
}

/** How many files were found to be what. */
export interface RebuildReport {
  /** Only local: to be uploaded. */
  local: number
  /** In both tiers: to be verified again. */
  uploaded: number
  /** Only in the cloud, and left there. */
  evicted: number
  /** Only in the cloud, and brought back, as all but packs belong in the local tier. */
  fetched: number
  /** Only in the cloud, to be brought back, and damaged there. */
  damaged: number
  /** Deletions that are owed to the cloud. */
  tombstones: number
}

const BATCH = 1000

/**
 * Builds the journal anew from what both tiers list, and from the tombstones. Nobody may use the cache meanwhile. Where it is
 * broken off the journal knows that it is not built, and the next rebuild begins from the start.
 *
 * Whoever asks for it has seen to it that the local tier is the right one, and there: files that only a disk has that is
 * not mounted are unknown afterwards. Where the tiers hold two different repositories it throws `storage/refused`.
 */
export async function rebuildJournal(options: RebuildOptions): Promise<RebuildReport> {
  const { journal, local, signal } = options
  await assertSameRepository(options)
  await local.prepare({ signal })
  journal.beginAnew()
  const report = { local: 0, uploaded: 0, evicted: 0, fetched: 0, damaged: 0, tombstones: 0 }
  for (const kind of JOURNALLED_KINDS) {
    for await (const files of batches(local.list(kind, { signal }))) {
      journal.transaction(() => {
        for (const { name, size } of files) if (journal.found({ kind, name }, size, 'local')) report.local++
      })
    }
  }
  for (const kind of JOURNALLED_KINDS) {
    for await (const files of batches(options.cloud.list(kind, { signal }))) {
      const absent = journal.transaction(() =>
        files.filter((file) => !noteCloudCopy(options, { kind, ...file }, report)),
      )
      for (const file of absent) {
        if (await bringDown(options, { kind, ...file })) report.fetched++
        else report.damaged++
      }
    }
  }
  await mend(journal, local, (_handle, work) => work(), { signal })
  report.tombstones = journal.tombstones.count()
  journal.setBuilt()
  return report
}

type Found = Handle & FileInfo

/** False: the file is only in the cloud, and belongs in the local tier. */
function noteCloudCopy({ journal }: RebuildOptions, file: Found, report: RebuildReport): boolean {
  if (journal.tombstones.phaseOf(file) !== undefined) return true
  const here = journal.files.find(file)
  if (here) {
    // Of another size it is none of ours: it is uploaded anew.
    if (here.size !== file.size) return true
    journal.files.setState(here, 'uploaded')
    report.local--
    report.uploaded++
    return true
  }
  if (file.kind !== 'pack') return false
  journal.found(file, file.size, 'evicted')
  report.evicted++
  return true
}

async function assertSameRepository({ local, cloud, signal }: RebuildOptions): Promise<void> {
  const config: Handle = { kind: 'config', name: '' }
  const tiers = [local, cloud]
  for (const tier of tiers) if (!(await hasConfig(tier, { signal }))) return
  const [here, there] = await Promise.all(tiers.map((tier) => tier.load(config, { signal })))
  if (here && there && Buffer.compare(here, there) === 0) return
  throw new CoreError(
    'storage/refused',
    `The cache ${local.location} and ${cloud.location} have different configs: they hold two repositories, or one of the two files is damaged`,
    {
      safety: 'Nothing was changed.',
      remedy:
        'See that the cache belongs to this cloud storage. If it does, put the damaged config right from the other copy.',
      context: { location: local.location },
    },
  )
}

async function* batches(files: AsyncIterable<FileInfo>): AsyncGenerator<FileInfo[]> {
  let batch: FileInfo[] = []
  for await (const file of files) {
    batch.push(file)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}
