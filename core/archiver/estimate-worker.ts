import { workerData } from 'node:worker_threads'

import { createSelection, joinPath, kindOf, openFileServerReader } from '../source/index.ts'
import type { EstimateWorkerData } from './estimate.ts'

const { targets, selection: options, counts } = workerData as EstimateWorkerData
const numbers = new Float64Array(counts)
const reader = openFileServerReader()
const selection = createSelection(options, () => undefined)

interface Pending {
  readonly path: Buffer
  readonly device: bigint
  readonly rootDevice: bigint
}
const pending: Pending[] = []

function countEntry(path: Buffer, folder: Omit<Pending, 'path'> | undefined): void {
  const stat = reader.stat(path)
  if (!stat) return
  const rootDevice = folder?.rootDevice ?? stat.dev
  if (folder && selection.excludes(stat, folder.device, rootDevice)) return
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

for (const target of targets) attempt(() => countEntry(Buffer.from(target), undefined))
for (let folder = pending.pop(); folder; folder = pending.pop()) {
  const { path } = folder
  const place = folder
  attempt(() => {
    const isExcluded = selection.inFolder(path.toString('latin1'), path)
    for (const name of reader.list(path) ?? []) {
      if (!isExcluded(name)) attempt(() => countEntry(joinPath(path, name), place))
    }
  })
}
numbers[2] = 1
