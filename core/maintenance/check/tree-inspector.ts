import { reasonOf } from '../../base/index.ts'
import { type BlobIndex, type BlobReader, ID_BYTES, SEAL_OVERHEAD } from '../../repository/index.ts'
import { quote, TreeReader } from '../../snapshot/index.ts'
import { faultOfNode } from '../reading/node-fault.ts'
import type { TreesJob } from '../reading/tree-job.ts'
import { createTreeOpener, isDamage } from '../reading/tree-opener.ts'
import { FLAG } from './blob-states.ts'
import { type Finding, finding, LESS_LOST } from './finding.ts'
import type { TreesDone } from './messages.ts'

/** Reads trees and looks whether all that they name is in an index. Belongs to one thread. */
export interface TreeInspector {
  inspect(job: TreesJob): TreesDone
}

/** `isStopped` says that nobody waits for the answer any more. */
export function createTreeInspector(
  index: BlobIndex,
  reader: BlobReader,
  shared: SharedArrayBuffer,
  isStopped: () => boolean,
): TreeInspector {
  const flags = new Uint8Array(shared)
  const opener = createTreeOpener(index, reader, isStopped)
  let findings: Finding[] = []
  let missesSome = false

  /** Whether the tree is this call's to read: each is visited once. */
  function claim(entry: number): boolean {
    return (Atomics.or(flags, entry, FLAG.visited) & FLAG.visited) === 0
  }

  function inspectNode(node: TreeReader, tree: string, found: number[]): void {
    const fault = faultOfNode(node)
    if (fault) {
      missesSome ||= fault.loses === 'entry'
      const what = `in tree ${tree.slice(0, 10)} ${fault.what}`
      findings.push(finding('node-damaged', shownName(node), what, LESS_LOST[fault.loses]))
    }
    const { isDir, isFile, subtree } = node
    if (subtree) {
      const entry = index.find('tree', subtree)
      if (entry < 0) {
        missesSome = true
        const where = `of folder ${shownName(node)} in tree ${tree.slice(0, 10)} is in no index`
        findings.push(finding('tree-missing', subtree.toString('hex'), where))
      } else if (claim(entry)) found.push(entry)
    } else if (isDir) {
      missesSome = true
      findings.push(finding('node-damaged', shownName(node), `in tree ${tree.slice(0, 10)} is a folder without a tree`))
    }
    if (isFile) inspectContent(node, tree)
  }

  function inspectContent(node: TreeReader, tree: string): void {
    const { content } = node
    if (!content) {
      missesSome = true
      findings.push(finding('node-damaged', shownName(node), `in tree ${tree.slice(0, 10)} has no list of its content`))
      return
    }
    let size = 0
    let missing = 0
    for (let at = 0; at < content.length; at += ID_BYTES) {
      const entry = index.find('data', content.subarray(at, at + ID_BYTES))
      if (entry < 0) missing++
      else {
        if (((flags[entry] ?? 0) & FLAG.used) === 0) Atomics.or(flags, entry, FLAG.used)
        const { length, uncompressedLength } = index.locate(entry)
        size += uncompressedLength > 0 ? uncompressedLength : length - SEAL_OVERHEAD
      }
    }
    if (missing > 0) {
      missesSome = true
      const parts = `misses ${missing} of its ${content.length / ID_BYTES} blobs, which are in no index`
      findings.push(finding('content-missing', shownName(node), `in tree ${tree.slice(0, 10)} ${parts}`))
    } else if (node.size !== BigInt(size)) {
      const sizes = `says that it has ${node.size} bytes; its content has ${size}`
      findings.push(finding('file-size', shownName(node), `in tree ${tree.slice(0, 10)} ${sizes}`))
    }
  }

  /** Adds the trees below it that nobody has visited. */
  function inspectTree(plain: Buffer, tree: string, found: number[]): void {
    try {
      const nodes = new TreeReader(plain, 'it')
      while (nodes.next()) inspectSafely(nodes, tree, found)
    } catch (error) {
      if (!isDamage(error)) throw error
      missesSome = true
      findings.push(finding('tree-damaged', tree, `cannot be understood: ${reasonOf(error)}`))
    }
  }

  function inspectSafely(nodes: TreeReader, tree: string, found: number[]): void {
    try {
      inspectNode(nodes, tree, found)
    } catch (error) {
      if (!isDamage(error)) throw error
      missesSome = true
      findings.push(finding('node-damaged', shownName(nodes), `in tree ${tree.slice(0, 10)}: ${reasonOf(error)}`))
    }
  }

  return {
    inspect(job) {
      const read = opener.open(job, inspectTree)
      const done: TreesDone = { ...read, findings, missesSome }
      findings = []
      missesSome = false
      return done
    },
  }
}

/** What a node is called, for a message. */
function shownName(node: TreeReader): string {
  return Buffer.from(quote(node.name)).toString()
}
