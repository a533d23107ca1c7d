import { workerData } from 'node:worker_threads'

import { type ByteString, createSelection, joinPath, kindOf, openFileServerReader } from '../../source/index.ts'
import type { EstimateWorkerData } from '../estimate.ts'
import type { FolderPlace } from './entry-archiver.ts'

const { targets, selection: options, counts } = workerData as EstimateWorkerData
const numbers = new Float64Array(counts)
const reader = openFileServerReader()
const selection = createSelection(options, () => undefined)

const pending: FolderPlace[] = []
const isUnwanted = (): boolean => numbers[3] === 1

function countEntry(path: Buffer, { device, rootDevice }: Omit<FolderPlace, 'path'>): void {
  const stat = reader.stat(path)
  if (!stat || selection.excludes(stat, device, rootDevice)) return
  const kind = kindOf(stat)
  if (kind === 'dir' && selection.entersFolder(stat, rootDevice)) pending.push({ path, device: stat.dev, rootDevice })
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

function countEntries(folder: FolderPlace, names: readonly ByteString[]): void {
  const { path } = folder
  const isExcluded = selection.inFolder(path.latin1Slice(), path)
  for (const name of names)
    if (!isUnwanted() && !isExcluded(name)) attempt(() => countEntry(joinPath(path, name), folder))
}

for (const { folder, name, device } of targets) {
  const place = { path: Buffer.from(folder), device, rootDevice: device }
  if (name === undefined) pending.push(place)
  else attempt(() => countEntries(place, [name]))
}
for (let folder = pending.pop(); folder && !isUnwanted(); folder = pending.pop()) {
  const place = folder
  attempt(() => countEntries(place, reader.list(place.path) ?? []))
}
if (!isUnwanted()) numbers[2] = 1
