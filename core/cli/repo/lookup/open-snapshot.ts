import { type BlobIndex, createTreeLoader, type TreeLoader } from '../../../repository/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import type { Session } from '../session/session.ts'
import { chooseSnapshot } from './choose-snapshots.ts'
import { snapshotFilter, type SnapshotOptions } from './snapshot-options.ts'
import { findFolder, splitSnapshotPath } from './snapshot-path.ts'

/** A snapshot that a person named. */
export interface NamedSnapshot {
  readonly snapshot: StoredSnapshot
  /** The tree of the folder that was named with it, or of the root. */
  readonly root: Buffer
}

/** What it takes to read snapshots. */
interface Content {
  readonly index: BlobIndex
  readonly trees: TreeLoader
}

/** The snapshot that a person named, ready to be read. */
export interface OpenSnapshot extends NamedSnapshot, Content {}

/**
 * Finds what `latest`, an id or its first digits mean, with `:/folder` behind it or not.
 * @throws CoreError `repository/not-in-repository` and `input/invalid`, as `chooseSnapshot` and `findFolder` do.
 */
export async function openSnapshot(session: Session, wanted: string, options: SnapshotOptions): Promise<OpenSnapshot> {
  const loadContent = openContent(session)
  const snapshot = await find(session, wanted, options)
  const content = await loadContent
  return { ...content, ...(await openFolder(content, snapshot, wanted, session)) }
}

/** The same for two snapshots, or one twice. */
export async function openTwoSnapshots(
  session: Session,
  [first, second]: readonly [string, string],
  options: SnapshotOptions,
): Promise<Content & { readonly before: NamedSnapshot; readonly after: NamedSnapshot }> {
  const loadContent = openContent(session)
  const [old, young] = [await find(session, first, options), await find(session, second, options)]
  const content = await loadContent
  return {
    ...content,
    before: await openFolder(content, old, first, session),
    after: await openFolder(content, young, second, session),
  }
}

/** To be awaited once the snapshots were found: one that is not there is told first. */
export function openContent({ repository, output, signal }: Session): Promise<Content> {
  const content = repository
    .loadIndex({
      purpose: 'read',
      signal,
      onUnreadable: (index) => output.warn(`Index ${index.slice(0, 8)} is damaged: what only it lists cannot be read.`),
    })
    .then((index) => ({ index, trees: createTreeLoader(repository, index) }))
  content.catch(() => undefined)
  return content
}

function find(session: Session, wanted: string, options: SnapshotOptions): Promise<StoredSnapshot> {
  return chooseSnapshot(session, splitSnapshotPath(wanted).snapshot, snapshotFilter(options, process.env))
}

async function openFolder(
  { trees }: Content,
  snapshot: StoredSnapshot,
  wanted: string,
  { signal }: Session,
): Promise<NamedSnapshot> {
  return { snapshot, root: await findFolder(trees, snapshot, splitSnapshotPath(wanted).folder, { signal }) }
}
