import { closeSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openSystemCalls } from '../../core/file-system/index.ts'
import { createBlobIndex, sha256 } from '../../core/repository/index.ts'
import { createEntryList } from '../../core/restorer/entry-list.ts'
import { createFileStates } from '../../core/restorer/file-states.ts'
import type { Problem } from '../../core/restorer/messages.ts'
import type { Naming } from '../../core/restorer/overwrite.ts'
import { createFileWriter } from '../../core/restorer/worker/file-writer.ts'
import { createAlignedMemory, createMetadataWriter, DIRECT_BLOCK, openTargetTree } from '../../core/target/index.ts'
import { craftNode } from '../support/crafted-tree.ts'
import { mountDiskImage } from '../support/disk-image.ts'
import { readerOn } from '../support/reader-on.ts'

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-file-writer-'))
})
afterAll(() => rmSync(home, { recursive: true }))

const node = craftNode('file')

/** Has an empty file finished that is there already, or not. With `fails` it cannot be closed once it has its metadata. */
function finishFile(naming: Naming, isThere: boolean, fails: boolean): { problems: Problem[]; finished: number } {
  rmSync(join(home, 'target'), { recursive: true, force: true })
  const tree = openTargetTree(Buffer.from(join(home, 'target')))
  if (isThere) writeFileSync(join(home, 'target/file'), '')
  const real = createMetadataWriter(openSystemCalls())
  const metadata: typeof real = {
    ...real,
    toFile(descriptor, ...rest) {
      real.toFile(descriptor, ...rest)
      // So that closing fails, as it does where a server says only then that it has no room.
      if (fails) closeSync(descriptor)
    },
  }
  const files = createEntryList(1)
  files.add(0, readerOn(node).raw)
  const states = createFileStates(1)
  states.set(0, 0, isThere)
  let finished = 0
  const writer = createFileWriter(tree, createBlobIndex(), undefined, metadata, {
    sparse: false,
    naming,
    partMark: 'mark',
    memory: createAlignedMemory(65_536, DIRECT_BLOCK),
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
      // Neither of the good time nor newer.
      expect(modified()).toBe(wanted - 1)
    })

  it('does not get its name where only whole files have theirs', () => {
    expect(finishFile('add', false, false)).toEqual({ problems: [], finished: 1 })
    expect(readdirSync(join(home, 'target'))).toEqual(['file'])
    expect(finishFile('add', false, true).problems).toHaveLength(1)
    expect(readdirSync(join(home, 'target'))).toEqual([expect.stringContaining('.holdfast-part-')])
  })
})

describe('a blob that is to be written past the page cache', () => {
  const MIB = 1024 * 1024

  /** A writer of one file, in a folder, that has so many blobs of 1 MiB each. */
  function openWriter(folder: string, blobs: number, isThere = false) {
    const index = createBlobIndex()
    const id = sha256(Buffer.from('blob'))
    const pack = index.packs.add(sha256(Buffer.from('pack')))
    index.add(id, { type: 'data', pack, offset: 0, length: 1000, uncompressedLength: MIB })
    const tree = openTargetTree(Buffer.from(folder))
    const files = createEntryList(1)
    const content = Buffer.concat(Array.from({ length: blobs }, () => id))
    files.add(0, readerOn(craftNode('file', { size: BigInt(blobs * MIB), content })).raw)
    const states = createFileStates(1)
    states.set(0, blobs, isThere)
    const writer = createFileWriter(tree, index, undefined, createMetadataWriter(undefined), {
      sparse: false,
      naming: 'in-place',
      partMark: 'mark',
      memory: createAlignedMemory(3 * MIB, DIRECT_BLOCK),
      onFinished: () => undefined,
    })
    writer.begin([new Uint8Array(0)], files, states)
    const end = (): void => {
      writer.close()
      tree.close()
    }
    return { writer, states, end }
  }

  it('has room only for a large file that is made here and not lost, and while there is some', () => {
    const folder = join(home, 'room')
    for (const [blobs, isThere] of [
      [63, false],
      [64, true],
    ] as const) {
      const { writer, end } = openWriter(folder, blobs, isThere)
      expect(writer.directRoom(0, 0, MIB)).toBeUndefined()
      end()
    }
    const { writer, states, end } = openWriter(folder, 64)
    expect(writer.directRoom(0, 0, 100_000)).toBeUndefined()
    const [one, two] = [writer.directRoom(0, 5, MIB), writer.directRoom(0, 0, MIB)]
    expect([one?.byteOffset, two?.length]).toEqual([5, MIB])
    expect(writer.directRoom(0, 0, MIB)).toBeUndefined()
    if (two) writer.freeRoom(two)
    expect(writer.directRoom(0, 0, MIB)).toHaveLength(MIB)
    if (one) writer.freeRoom(one)
    states.spoil(0)
    expect(writer.directRoom(0, 0, MIB)).toBeUndefined()
    end()
  })

  it('ends the restore where the disk is full, and not before that is asked for', async () => {
    const disk = mountDiskImage('ext4', 32 * MIB)
    if (disk === undefined) return
    const { writer, end } = openWriter(disk, 64)
    const written: number[] = []
    for (let blob = 0; blob < 64; blob++) {
      const room = writer.directRoom(0, blob * MIB, MIB)
      if (room) written.push(await writer.writeDirect(0, blob * MIB, room.fill(blob + 1), false))
    }
    expect(written.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => MIB))
    expect(written.at(-1)).toBe(0)
    expect(() => writer.takeProblems()).toThrow(expect.objectContaining({ code: 'target/full' }) as Error)
    end()
  })
})
