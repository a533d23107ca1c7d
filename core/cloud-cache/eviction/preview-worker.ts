import { parentPort, workerData } from 'node:worker_threads'

import { carryError } from '../../base/index.ts'
import { openCacheFolder } from '../cache-folder.ts'
import { type PreviewAnswer, type PreviewData, previewEviction } from './eviction-preview.ts'
import { tierCapacity } from './tier-capacity.ts'

async function answer({ place, points, marks }: PreviewData): Promise<PreviewAnswer> {
  try {
    using cache = await openCacheFolder(place)
    const capacity = await tierCapacity(place, cache)
    return { type: 'preview', preview: previewEviction(cache.journal, points, { capacity, ...marks }) }
  } catch (error) {
    return { type: 'failed', error: carryError(error) }
  }
}

parentPort?.postMessage(await answer(workerData as PreviewData))
