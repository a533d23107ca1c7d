import { workerData } from 'node:worker_threads'

import { type ByteString, kindOf } from '../../file-system/index.ts'
import { createSelection } from '../../selection/index.ts'
import { type FolderAddress, type OpenFolder, openEntryReader } from '../../source/index.ts'
import type { EstimateWorkerData } from '../estimate.ts'

const data = workerData as EstimateWorkerData
const numbers = new Float64Array(data.counts)
const reader = openEntryReader(data.reader)
const selection = createSelection(data.selection, () => undefined)

const isUnwanted = (): boolean => numbers[3] === 1

function countEntry(folder: OpenFolder, name: ByteString, rootDevice: bigint): void {
  const stat = folder.look(name)?.stat()
  if (!stat || selection.excludes(stat, folder.stat.dev, rootDevice)) return
  const kind = kindOf(stat)
  if (kind === 'dir' && selection.entersFolder(stat, rootDevice)) {
    using entered = folder.enter(name)
    if (entered) countEntries(entered, entered.list() ?? [], rootDevice)
  }
  if (kind !== 'file') return
  numbers[0] = (numbers[0] ?? 0) + 1
  numbers[1] = (numbers[1] ?? 0) + Number(stat.size)
}

/** What cannot be read is told by the backup itself. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // Not counted.
  }
}

function countEntries(folder: OpenFolder, names: readonly ByteString[], rootDevice: bigint): void {
  const isExcluded = selection.inFolder(folder.path.latin1Slice(), folder.place())
  for (const name of names) {
    if (!isUnwanted() && !isExcluded(name)) attempt(() => countEntry(folder, name, rootDevice))
  }
}

function countRoot(address: FolderAddress): void {
  using folder = reader.openFolder(address)
  const { root, identity } = address
  const { device = 0n } = root?.identity ?? identity ?? {}
  if (folder) countEntries(folder, root ? [root.name] : (folder.list() ?? []), device)
}

for (const address of data.roots) attempt(() => countRoot(address))
if (!isUnwanted()) numbers[2] = 1
