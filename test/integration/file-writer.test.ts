import { closeSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createBlobIndex } from '../../core/repository/index.ts'
import { createEntryList } from '../../core/restorer/entry-list.ts'
import { createFileStates } from '../../core/restorer/file-states.ts'
import type { Problem } from '../../core/restorer/messages.ts'
import type { Naming } from '../../core/restorer/overwrite.ts'
import { createFileWriter } from '../../core/restorer/worker/file-writer.ts'
import { TreeReader, TreeWriter } from '../../core/snapshot/index.ts'
import { createMetadataWriter, openTargetTree } from '../../core/target/index.ts'
import { craftNode } from '../support/crafted-tree.ts'

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-file-writer-'))
})
afterAll(() => rmSync(home, { recursive: true }))

const node = craftNode('file')

/** As a tree stores it. */
function encodedNode(): Buffer {
  const writer = new TreeWriter()
  writer.add(node)
  const reader = new TreeReader(Buffer.from(writer.finish()), 'Tree')
  reader.next()
  return reader.raw
}

/** Has an empty file finished that is there already, or not. With `fails` it cannot be closed once it has its metadata. */
function finishFile(naming: Naming, isThere: boolean, fails: boolean): { problems: Problem[]; finished: number } {
  rmSync(join(home, 'target'), { recursive: true, force: true })
  const tree = openTargetTree(Buffer.from(join(home, 'target')))
  if (isThere) writeFileSync(join(home, 'target/file'), '')
  const real = createMetadataWriter(undefined)
  const metadata: typeof real = {
    ...real,
    toFile(descriptor, ...rest) {
      real.toFile(descriptor, ...rest)
      // So that closing fails, as it does where a server says only then that it has no room.
      if (fails) closeSync(descriptor)
    },
  }
  const files = createEntryList(1)
  files.add(0, encodedNode())
  const states = createFileStates(1)
  states.set(0, 0, isThere)
  let finished = 0
  const writer = createFileWriter(tree, createBlobIndex(), undefined, metadata, {
    sparse: false,
    naming,
    onFinished: () => finished++,
  })
  writer.begin([new Uint8Array(0)], files, states)
  writer.finishEmpty(0)
  writer.close()
  tree.close()
  return { problems: writer.takeProblems().filter(({ part }) => part === 'file'), finished }
}

const modified = (): number => Math.trunc(lstatSync(join(home, 'target/file')).mtimeMs / 1000)
const wanted = Number(node.mtime / 1_000_000_000n)

describe('a file whose last bytes are refused when it is closed', () => {
  for (const isThere of [true, false])
    it(`is lost, and has not the time of a good one, so that a later restore looks at it (there before: ${isThere})`, () => {
      expect(finishFile('in-place', isThere, false)).toEqual({ problems: [], finished: 1 })
      expect(modified()).toBe(wanted)
      const { problems, finished } = finishFile('in-place', isThere, true)
      expect(problems).toMatchObject([{ part: 'file', reason: expect.stringContaining('EBADF') as string }])
      expect(finished).toBe(0)
      expect(modified()).toBeGreaterThan(wanted)
    })

  it('does not get its name where only whole files have theirs', () => {
    expect(finishFile('add', false, false)).toEqual({ problems: [], finished: 1 })
    expect(readdirSync(join(home, 'target'))).toEqual(['file'])
    expect(finishFile('add', false, true).problems).toHaveLength(1)
    expect(readdirSync(join(home, 'target'))).toEqual([expect.stringContaining('.holdfast-part-')])
  })
})
