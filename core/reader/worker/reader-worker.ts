import { parentPort, workerData } from 'node:worker_threads'

import { openVaultStorage } from '../../vault/index.ts'
import type { ReaderWorkerData } from '../messages.ts'
import { serveReader } from './serve-reader.ts'

if (!parentPort) throw new Error('reader-worker is started as a worker thread')
const { store, password } = workerData as ReaderWorkerData

// What the cloud has can be looked into also while the cache is away.
const { storage } = await openVaultStorage(store, { mayBypass: true })
serveReader(parentPort, storage, Buffer.from(password))
