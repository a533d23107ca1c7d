import { type Abortable, CoreError, reasonOf } from '../../base/index.ts'
import { type BlobIndex, createBlobIndex, IndexContent, readIndex, type Repository } from '../../repository/index.ts'
import { type Finding, finding } from './finding.ts'
import { createPackLedger, type PackLedger } from './pack-ledger.ts'
import type { ProgressMeter } from './progress.ts'

/** What the index files say. */
export interface Listings {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  readonly files: number
  /** How many trees are listed. */
  readonly trees: number
}

/** Reads every index file by itself: one that is damaged is reported, the others count. */
export async function loadListings(
  repository: Repository,
  report: (finding: Finding) => void,
  meter: ProgressMeter,
  { signal }: Abortable,
): Promise<Listings> {
  const { storage } = repository
  const names: string[] = []
  for await (const { name } of storage.list('index', { signal })) names.push(name)
  meter.begin('index', names.length)
  const index = createBlobIndex()
  const ledger = createPackLedger()
  let trees = 0

  const content = new IndexContent()

  function add(plain: Buffer, file: number, name: string): void {
    readIndex(plain, content)
    for (let listed = 0; listed < content.packCount; listed++) {
      const id = content.packId(listed)
      const { pack, isNew } = ledger.list(id)
      if (isNew) index.packs.add(id)
      else {
        const other = names[ledger.indexFileOf(pack)] ?? ''
        report(finding('pack-repeated', ledger.nameOf(pack), `is listed in index ${short(other)} and ${short(name)}`))
      }
      ledger.begin(pack, index.count, file)
      for (let blob = content.firstBlob(listed); blob < content.firstBlob(listed + 1); blob++) {
        const { id: blobId, ...place } = content.blob(blob)
        if (place.type === 'tree') trees++
        index.add(blobId, { ...place, pack })
      }
    }
  }

  function load(name: string): Promise<Buffer> {
    const loading = repository.loadDocument('index', name, { signal })
    // The failure belongs to whoever awaits it; meanwhile it must not count as unhandled.
    loading.catch(() => undefined)
    return loading
  }

  // One ahead: the next file is read while this one is parsed.
  let next = names[0] === undefined ? undefined : load(names[0])
  let files = 0
  for (const [file, name] of names.entries()) {
    const loading = next
    const following = names[file + 1]
    next = following === undefined ? undefined : load(following)
    try {
      if (loading) add(await loading, file, name)
      files++
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      report(finding('index-unreadable', name, `cannot be read: ${reasonOf(error)}`))
    }
    meter.add(1)
  }
  ledger.close(index.count)
  return { index, ledger, files, trees }
}

function short(name: string): string {
  return name.slice(0, 10)
}
