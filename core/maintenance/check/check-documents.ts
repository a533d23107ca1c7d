import { type Abortable, CoreError, isCode, reasonOf } from '../../base/index.ts'
import { decodeKeyFile, loadWhole, type Repository, sha256 } from '../../repository/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import { type Finding, finding } from './finding.ts'

type Report = (finding: Finding) => void

/** Looks at every key file. What a key holds can be opened with its own password only. */
export async function checkKeys({ storage }: Repository, report: Report, options: Abortable): Promise<void> {
  for await (const { name } of storage.list('key', options)) {
    try {
      const file = await loadWhole(storage, 'key', name, options)
      if (sha256(file).toString('hex') !== name) {
        report(finding('key-damaged', name, 'does not have the content that its name promises'))
      } else decodeKeyFile(file)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (isCode(error, 'storage/not-found')) continue
      if (!(error instanceof CoreError)) throw error
      report(finding('key-damaged', name, `cannot be read: ${reasonOf(error)}`))
    }
  }
}

export async function checkLocks(repository: Repository, report: Report, options: Abortable): Promise<void> {
  for await (const { name } of repository.storage.list('lock', options)) {
    try {
      await repository.loadDocument('lock', name, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      // Refreshed or released since it was listed.
      if (isCode(error, 'storage/not-found')) continue
      if (!(error instanceof CoreError)) throw error
      report(finding('lock-unreadable', name, `cannot be read: ${reasonOf(error)}`))
    }
  }
}

/** Reads every snapshot. Those that can be read are returned, the newest first. */
export async function checkSnapshots(
  repository: Repository,
  report: Report,
  { signal }: Abortable,
): Promise<StoredSnapshot[]> {
  const snapshots = await loadSnapshots(repository, {
    signal,
    onUnreadable: (id, error) => report(finding('snapshot-unreadable', id, `cannot be read: ${reasonOf(error)}`)),
  })
  return snapshots.toSorted((a, b) => Number(b.time.ns - a.time.ns))
}
