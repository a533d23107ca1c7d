import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

import { createBell, createBlobWriter, createContentWriter, ID_BYTES, PipelineStopped } from '../repository/index.ts'
import { TreeWriter } from '../snapshot/index.ts'
import { createSelection, openFileServerReader } from '../source/index.ts'
import type { WaitingWorkerData } from './archive-threads.ts'
import { createEntryArchiver, type FolderPlace } from './entry-archiver.ts'
import { figureRow } from './figures.ts'
import { createFileArchiver } from './file-archiver.ts'
import { createFolderArchiver } from './folder-archiver.ts'
import { createIdlers } from './idlers.ts'
import { createMailbox } from './mailbox.ts'
import type { ArchiveWorkerData, FromWorker, SentPlace, Task } from './messages.ts'
import { createMissedReporter } from './missed.ts'
import { createParentReader, NO_PARENT } from './parent-reader.ts'
import { createSharer } from './sharer.ts'

// A worker never returns to its event loop until it ends: it works, helps others, or sleeps on the bell.

if (!parentPort) throw new Error('archive-worker is started as a worker thread')
const port = parentPort
const begun = new Int32Array(workerData as WaitingWorkerData)
Atomics.wait(begun, 0, 0)
const data = receiveMessageOnPort(port)?.message as ArchiveWorkerData
const { pipeline, worker } = data
const post = (message: FromWorker): void => port.postMessage(message)
const bell = createBell(new Int32Array(pipeline.control))
const idlers = createIdlers(new Int32Array(data.idleWords))
const mailbox = createMailbox(port)
const missed = createMissedReporter(post)
const blobs = createBlobWriter(pipeline, bell, post)
const content = createContentWriter(pipeline, worker, blobs, bell)
const reader = openFileServerReader()
const selection = createSelection(data.selection, (path, error) => missed.unreadable(path, error))
const parents = createParentReader(pipeline, mailbox, bell, post)
const figures = figureRow(data.figures, worker)
const files = createFileArchiver({
  reader,
  content,
  missed,
  detection: data.detection,
  figures,
  isKnown: (id) => blobs.isKnown('data', id),
})
const entries = createEntryArchiver({
  reader,
  selection,
  files,
  missed,
  figures,
  checkStopped: () => bell.throwIfStopped(),
})
const sharer = createSharer(worker, idlers, mailbox, bell, post, () => content.help())
const folders = createFolderArchiver({
  reader,
  selection,
  onlyUtf8Names: data.selection.onlyUtf8Names ?? false,
  entries,
  parents,
  sharer,
  missed,
  saveTree,
})

function saveTree(plain: Buffer): Buffer {
  const id = Buffer.allocUnsafe(ID_BYTES)
  blobs.save('tree', plain, id)
  return id
}

function perform(task: Task): Uint8Array {
  const tree = new TreeWriter()
  if (task.type === 'entries') {
    const parent = task.parentTree ? parents.open(Buffer.from(task.parentTree)) : NO_PARENT
    folders.addEntries(placeOf(task.folder), namesOf(task.names), parent, tree)
    return tree.finishNodes()
  }
  for (const nodes of task.nodes) tree.addNodes(nodes)
  const id = saveTree(tree.finish())
  if (!task.of) return id
  const node = new TreeWriter()
  entries.addFolder(Buffer.from(task.of.path), Buffer.from(task.of.name).latin1Slice(), id, node)
  return node.finishNodes()
}

function placeOf({ path, device, rootDevice }: SentPlace): FolderPlace {
  return { path: Buffer.from(path), device, rootDevice }
}

function namesOf(list: Uint8Array): string[] {
  return Buffer.from(list).latin1Slice().split('\0').slice(0, -1)
}

/** Waits for a task. Undefined when there will be none. */
function awaitTask(): Task | undefined {
  let task = mailbox.nextTask()
  if (task) return task
  idlers.enter(worker)
  post({ type: 'idle' })
  bell.waitUntil(
    () => {
      task = mailbox.nextTask()
      return task !== undefined || mailbox.isFinished()
    },
    () => content.help(),
  )
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
