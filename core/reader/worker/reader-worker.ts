import { parentPort, workerData } from 'node:worker_threads'

import { openVaultStorage } from '../../vault/index.ts'
import type { ReaderWorkerData } from '../messages.ts'
import { serveReader } from './serve-reader.ts'

if (!parentPort) throw new Error('reader-worker is started as a worker thread')
const { place, password } = workerData as ReaderWorkerData

serveReader(parentPort, openVaultStorage(place), Buffer.from(password))
