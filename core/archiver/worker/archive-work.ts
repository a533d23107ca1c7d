import type { MessagePort } from 'node:worker_threads'

import { carryError, isCode } from '../../base/index.ts'
import { createBell, createBlobWriter, createContentWriter, ID_BYTES, PipelineStopped } from '../../repository/index.ts'
import { createSelection } from '../../selection/index.ts'
import { createTreeMatcher, TreeWriter } from '../../snapshot/index.ts'
import { openEntryReader } from '../../source/index.ts'
import { FIGURES } from '../figures.ts'
import { createIdlers } from '../idlers.ts'
import { type ArchiveWorkerData, type Done, type FromWorker, type Task, transferOf } from '../messages.ts'
import { createContentSaver } from './content-saver.ts'
import { createEntryArchiver } from './entry-archiver.ts'
import { createFileArchiver } from './file-archiver.ts'
import { createFolderArchiver } from './folder-archiver.ts'
import { largestTreeHere } from './largest-tree.ts'
import { createMailbox } from './mailbox.ts'
import { createMissedReporter } from './missed.ts'
import { NO_PARENT } from './parent-folder.ts'
import { createParentReader } from './parent-reader.ts'
import { createSharer } from './sharer.ts'

/**
 * What an archive worker does, to its end. It never returns to its event loop meanwhile: it works, helps others, or sleeps
 * on the bell.
 */
export function archiveWork(port: MessagePort, data: ArchiveWorkerData): void {
  const { pipeline, worker } = data
  const post = (message: FromWorker): void => port.postMessage(message)
  const bell = createBell(new Int32Array(pipeline.control))
  const idlers = createIdlers(new Int32Array(data.idleWords))
  const mailbox = createMailbox(port)
  const missed = createMissedReporter(post)
  const blobs = createBlobWriter(pipeline, bell, post)
  const content = createContentWriter(pipeline, worker, blobs, bell)
  const reader = openEntryReader(data.reader)
  const selection = createSelection(data.selection, (path, error) => missed.unreadable(path, error))
  const parents = createParentReader(pipeline, mailbox, bell, post, createTreeMatcher(reader))
  const largestTree = largestTreeHere()
  const figures = FIGURES.row(data.figures, worker)
  const files = createFileArchiver({
    reader,
    content: createContentSaver({ reader, content, largestTree }),
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
    selection,
    onlyUtf8Names: data.selection.onlyUtf8Names ?? false,
    entries,
    parents,
    sharer,
    missed,
    saveTree,
    largestTree,
  })

  function saveTree(plain: Buffer): Buffer {
    const id = Buffer.allocUnsafe(ID_BYTES)
    blobs.save('tree', plain, id)
    return id
  }

  function perform(task: Task): Done['result'] {
    const tree = new TreeWriter(largestTree)
    if (task.type === 'entries') {
      const { address, rootDevice } = task.folder
      const parent = task.parent ? parents.receive(task.parent) : NO_PARENT
      try {
        using open = reader.openFolder(address)
        const names = task.names ? namesOf(task.names) : open?.list()
        if (open && names) folders.addEntries({ open, rootDevice }, names, parent, tree)
      } catch (error) {
        if (isCode(error, 'source/unreadable')) {
          missed.unreadable(address.path, error)
          return tree.finishNodes()
        }
        // It is the folder that is missed, which whoever shared it knows.
        if (isCode(error, 'source/too-large')) return { tooLarge: error.message }
        throw error
      } finally {
        parent.close()
      }
      return tree.finishNodes()
    }
    for (const nodes of task.nodes) tree.addNodes(nodes)
    const id = saveTree(tree.finish())
    if (!task.of) return Uint8Array.from(id)
    const node = new TreeWriter()
    entries.addFolder(Buffer.from(task.of.path), Buffer.from(task.of.name).latin1Slice(), id, node)
    return node.finishNodes()
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
      const done: Done = { token: task.token, result: perform(task) }
      port.postMessage({ type: 'done', done } satisfies FromWorker, transferOf(done))
    }
    blobs.flush()
    post({ type: 'finished', report: blobs.counts })
  } catch (error) {
    if (!(error instanceof PipelineStopped)) post({ type: 'failed', error: carryError(error) })
  }
}

function namesOf(list: Uint8Array): string[] {
  return Buffer.from(list).latin1Slice().split('\0').slice(0, -1)
}
