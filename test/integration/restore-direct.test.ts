import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createAlignedMemory, DIRECT_BLOCK, openDirect } from '../../core/target/index.ts'
import { mountSmallDisk } from '../conformance/small-disk.ts'
import { mountDiskImage } from '../support/disk-image.ts'
import { leaveOut } from '../support/peer/leave-out.ts'
import { isPresent, peers } from '../support/peer/peers.ts'
import { isRoot } from '../support/privilege.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024

/** What of a file is in the page cache. Bytes. */
function cachedBytes(path: string): number {
  return Number(execFileSync('fincore', ['--bytes', '--noheadings', '--output', 'RES', path], { encoding: 'utf8' }))
}

describe('writing past the page cache', () => {
  it('writes pieces that begin and end anywhere, side by side at the same time, in any order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-direct-'))
    const path = join(folder, 'file')
    const descriptor = openSync(path, 'w+')
    const direct = openDirect(descriptor)
    try {
      if (!direct) {
        leaveOut('direct writing side by side', 'not known to be held by the file system of the temporary folder')
        return
      }
      const chance = seededChance('pieces')
      for (let round = 0; round < 10; round++) {
        const content = chance.fill(Buffer.alloc(4 * MIB))
        const memory = createAlignedMemory(8 * MIB, DIRECT_BLOCK)
        const pieces: { at: number; length: number }[] = []
        for (let at = 0; at < content.length;) {
          // Also within one block, and up to exactly one block's end.
          const longest = [100, DIRECT_BLOCK, 20_000, 600_000][chance.below(4)] ?? 1
          const length = Math.min(content.length - at, 1 + chance.below(longest))
          pieces.push({ at, length })
          at += length
        }
        const inAnyOrder = pieces
          .map((piece) => ({ piece, rank: chance.fraction() }))
          .toSorted((a, b) => a.rank - b.rank)
        await Promise.all(
          inAnyOrder.map(async ({ piece: { at, length } }) => {
            const bytes = memory.take(length, at % DIRECT_BLOCK) ?? Buffer.alloc(length)
            content.copy(bytes, 0, at, at + length)
            await direct.write(bytes, at)
            memory.free(bytes)
          }),
        )
        expect(readFileSync(path).equals(content)).toBe(true)
      }
    } finally {
      direct?.close()
      closeSync(descriptor)
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a large file', () => {
  let scene: RestoreScene
  let tree: Buffer
  let wanted = Buffer.alloc(0)

  beforeAll(async () => {
    scene = await makeRestoreScene()
    const folder = scene.path('source')
    mkdirSync(folder)
    const chance = seededChance('large')
    const random = chance.fill(Buffer.alloc(40 * MIB))
    // Half of it is compressed, and a part of it is there twice.
    wanted = Buffer.concat([random, Buffer.alloc(20 * MIB, 'easily compressed '), random.subarray(0, 10 * MIB)])
    writeFileSync(join(folder, 'large'), wanted)
    writeFileSync(join(folder, 'other'), Buffer.concat([Buffer.from('before'), wanted]))
    writeFileSync(join(folder, 'short'), random.subarray(0, MIB))
    tree = await scene.backUp(folder)
  })
  afterAll(() => scene[Symbol.dispose]())

  function expectRestored(target: string): void {
    expect(readFileSync(join(target, 'large')).equals(wanted)).toBe(true)
    expect(readFileSync(join(target, 'other')).subarray(6).equals(wanted)).toBe(true)
    expect(readFileSync(join(target, 'short')).equals(wanted.subarray(0, MIB))).toBe(true)
    expect(readdirSync(target).toSorted()).toEqual(['large', 'other', 'short'])
  }

  for (const type of ['ext4', 'xfs'] as const)
    it(`is restored past the page cache on ${type}, and short ones through it`, async () => {
      const disk = mountDiskImage(type, 600 * MIB)
      if (disk === undefined) return
      for (const overwrite of ['always', 'never'] as const) {
        const target = join(disk, overwrite)
        const { problems, restored } = await scene.restore(tree, target, { overwrite, workers: 2 })
        expect(problems).toEqual([])
        expect(restored.bytesWritten).toBe(2 * wanted.length + 6 + MIB)
        if (isPresent(peers.fincore)) {
          // What comes faster than the disk takes it goes through the cache: how much that is depends on the disk.
          expect(cachedBytes(join(target, 'large'))).toBeLessThan(0.85 * wanted.length)
          expect(cachedBytes(join(target, 'short'))).toBe(MIB)
        } else leaveOut('what of a restored file is in the page cache', 'fincore not installed')
        expectRestored(target)
      }
    })

  it('is restored through the page cache where the file system is not known to hold both', async () => {
    if (!isRoot) {
      leaveOut('a large file on a disk in memory', 'not root')
      return
    }
    const disk = mountSmallDisk('size=200m')
    const { problems } = await scene.restore(tree, disk, { workers: 2 })
    expect(problems).toEqual([])
    expectRestored(disk)
  })

  it('ends the restore, told of once, where somebody else takes the room for it; again with room it is whole', async () => {
    const disk = mountDiskImage('ext4', 240 * MIB)
    if (disk === undefined) return
    let isFilled = false
    scene.counted.delay = async () => {
      if (isFilled) return
      isFilled = true
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${join(disk, 'filler')} bs=1M 2> /dev/null; true`])
    }
    const target = join(disk, 'target')
    const failure = await scene.restore(tree, target, { workers: 2 }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'target/full' })
    scene.counted.delay = undefined
    expect(statSync(join(target, 'large')).mtimeMs).not.toBe(statSync(join(scene.path('source'), 'large')).mtimeMs)
    rmSync(join(disk, 'filler'))
    expect((await scene.restore(tree, target, { workers: 2, overwrite: 'if-changed' })).problems).toEqual([])
    expectRestored(target)
  })
})
