import { parentPort, workerData } from 'node:worker_threads'

import { createBell, createBlobWriter, createContentWriter, ID_BYTES, PipelineStopped } from '../repository/index.ts'
import { createTreeWriter } from '../snapshot/index.ts'
import { openSourceReader, splitNames } from '../source/index.ts'
import { createEntryArchiver } from './entry-archiver.ts'
import { figureRow } from './figures.ts'
import { createFolderArchiver } from './folder-archiver.ts'
import { createIdlers } from './idlers.ts'
import { createMailbox } from './mailbox.ts'
import type { ArchiveWorkerData, FromWorker, Task } from './messages.ts'
import { createMissedReporter } from './missed.ts'
import { createParentReader, NO_PARENT } from './parent-reader.ts'
import { createSharer } from './sharer.ts'

// A worker never returns to its event loop until it ends: it works, helps others, or sleeps on the bell.

if (!parentPort) throw new Error('archive-worker is started as a worker thread')
const port = parentPort
const data = workerData as ArchiveWorkerData
const { pipeline, worker } = data
const post = (message: FromWorker): void => port.postMessage(message)
const bell = createBell(new Int32Array(pipeline.control))
const idlers = createIdlers(new Int32Array(data.idleWords))
const mailbox = createMailbox(port)
const missed = createMissedReporter(post)
const blobs = createBlobWriter(pipeline, bell, post)
const content = createContentWriter(pipeline, worker, blobs, bell)
const source = openSourceReader(data.source)
const parents = createParentReader(pipeline, mailbox, bell, post)
const entries = createEntryArchiver({
  source,
  content,
  missed,
  detection: data.detection,
  figures: figureRow(data.figures, worker),
  isKnown: blobs.isKnown,
  checkStopped: bell.throwIfStopped,
})
const sharer = createSharer(worker, idlers, mailbox, bell, post, content.help)
const folders = createFolderArchiver(entries, parents, sharer, missed, saveTree)

function saveTree(plain: Buffer): Buffer {
  const id = Buffer.allocUnsafe(ID_BYTES)
  blobs.save('tree', plain, id)
  return id
}

function perform(task: Task): Uint8Array {
  const tree = createTreeWriter()
  if (task.type === 'entries') {
    const parent = task.parentTree ? parents.open(Buffer.from(task.parentTree)) : NO_PARENT
    folders.addEntries(Buffer.from(task.folder), splitNames(task.names), parent, tree)
    return tree.nodes()
  }
  for (const nodes of task.nodes) tree.addRaw(nodes)
  const id = saveTree(tree.finish())
  if (!task.of) return id
  const node = createTreeWriter()
  entries.addFolder(Buffer.from(task.of.path), Buffer.from(task.of.name).latin1Slice(), id, node)
  return node.nodes()
}

/** Waits for a task. Undefined when there will be none. */
function awaitTask(): Task | undefined {
  let task = mailbox.nextTask()
  if (task) return task
  idlers.enter(worker)
  post({ type: 'idle' })
  bell.waitUntil(() => {
    task = mailbox.nextTask()
    return task !== undefined || mailbox.isFinished()
  }, content.help)
  return task
}

try {
  for (let task = awaitTask(); task; task = awaitTask()) {
    post({ type: 'done', done: { token: task.token, result: perform(task) } })
  }
  blobs.flush()
  post({ type: 'finished', report: blobs.counts })
} catch (error) {
  if (!(error instanceof PipelineStopped)) post({ type: 'failed', error })
}
