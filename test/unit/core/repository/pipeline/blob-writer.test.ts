import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import {
  type Bell,
  type CompressionLevel,
  type PackMessage,
  PipelineStopped,
  type Repository,
} from '../../../../../core/repository/index.ts'
import { type BlobIndex, createBlobIndex } from '../../../../../core/repository/index/blob-index.ts'
import { readPackHeader } from '../../../../../core/repository/pack/pack-header-reader.ts'
import { createBlobWriter } from '../../../../../core/repository/pipeline/blob-writer.ts'
import { createPackFiller } from '../../../../../core/repository/pipeline/pack-filler.ts'
import { openPipeline, type PipelineOptions } from '../../../../../core/repository/pipeline/pipeline.ts'
import { sha256 } from '../../../../../core/repository/sha256.ts'
import { openMemoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import { makeRepository, namesOf } from '../made-repository.ts'

const MIB = 1024 * 1024
const made = await makeRepository()

/** A pipeline of one worker, in this thread, that stores as it goes. */
function open(options: Partial<PipelineOptions> = {}, storage: Storage = openMemoryStorage()) {
  const repository = made.over(storage)
  const index = createBlobIndex()
  const failures: unknown[] = []
  const pipeline = openPipeline(repository, index, (error) => failures.push(error), { workers: 1, ...options })
  const writer = createBlobWriter(pipeline.shared, pipeline.bell, (message) => pipeline.packs.receive(message))
  const save = (type: 'data' | 'tree', plain: Buffer): boolean => {
    const id = Buffer.alloc(32)
    const isNew = writer.save(type, plain, id)
    expect(id.equals(sha256(plain))).toBe(true)
    return isNew
  }
  return { repository, index, pipeline, writer, save, failures, storage }
}

async function contentOf(
  repository: Repository,
  index: BlobIndex,
  type: 'data' | 'tree',
  plain: Buffer,
): Promise<boolean> {
  return (await repository.loadBlob(index, type, sha256(plain))).equals(plain)
}

const hexId = (plain: Buffer): string => sha256(plain).toString('hex')

const text = (length: number, seed: string): Buffer =>
  Buffer.from(`${seed} `.repeat(length / seed.length)).subarray(0, length)

describe('storing blobs', () => {
  it.each(['off', 'fastest', 'default', 'better'] as const)(
    'at level %s keeps all of them, once each, data and trees in packs of their own',
    async (level: CompressionLevel) => {
      const { repository, index, pipeline, writer, save, storage } = open({ level, packBytes: 4 * MIB })
      const data = Array.from({ length: 40 }, (_, at) =>
        at % 2 === 0 ? seededBytes(at, 300_000 + at) : text(300_000 + at, `text ${at}`),
      )
      const trees = [Buffer.from('{"nodes":[]}'), text(100_000, '{"nodes":[]}')]
      for (const plain of data) expect(save('data', plain)).toBe(true)
      for (const plain of trees) expect(save('tree', plain)).toBe(true)
      for (const plain of data) expect(save('data', plain)).toBe(false)
      expect(save('data', trees[0] ?? Buffer.alloc(0))).toBe(true)
      expect([
        writer.isKnown('tree', sha256(trees[0] ?? Buffer.alloc(0))),
        writer.isKnown('tree', Buffer.alloc(32)),
      ]).toEqual([true, false])
      writer.flush()
      await pipeline.packs.finish()

      const loaded = await repository.loadIndex({ purpose: 'read' })
      for (const each of [index, loaded]) {
        for (const plain of data) expect(await contentOf(repository, each, 'data', plain)).toBe(true)
        for (const plain of trees) expect(await contentOf(repository, each, 'tree', plain)).toBe(true)
      }
      expect(writer.counts).toMatchObject({ dataBlobs: 41, treeBlobs: 2 })
      expect(writer.counts.bytesAdded).toBe(
        [...data, ...trees, ...trees.slice(0, 1)].reduce((sum, { length }) => sum + length, 0),
      )
      const passForDocuments = new Set(
        [...data, ...trees].filter((plain) => '\x02{[\t\n\r '.includes(plain.toString('latin1', 0, 1))).map(hexId),
      )
      let stored = 0
      for (const name of await namesOf(storage, 'pack')) {
        const pack = Buffer.from(await storage.load({ kind: 'pack', name }))
        expect(sha256(pack).toString('hex')).toBe(name)
        const entries = readPackHeader(pack, repository.sealer)
        expect(new Set(entries.map(({ type }) => type)).size).toBe(1)
        const compressed = entries.filter(({ uncompressedLength, type }) => type === 'data' && uncompressedLength > 0)
        if (level === 'off') {
          for (const { id } of compressed) expect(passForDocuments.has(Buffer.from(id).toString('hex'))).toBe(true)
        }
        stored += entries.reduce((sum, { length }) => sum + length, 0)
      }
      expect(writer.counts.bytesStored).toBe(stored)
    },
  )

  it.each(['off', 'default'] as const)(
    'at level %s stores nothing as it is that could pass for a document once it is cut out of its pack',
    async (level) => {
      const { repository, index, pipeline, writer, save, storage } = open({ level })
      const noise = seededBytes(5, 50_000)
      const forged = ['\x02', '{', '['].map((first) => Buffer.concat([Buffer.from(first), noise]))
      for (const plain of [...forged, noise, Buffer.from('{}')]) save('data', plain)
      writer.flush()
      await pipeline.packs.finish()
      for (const plain of forged) expect(await contentOf(repository, index, 'data', plain)).toBe(true)
      for (const name of await namesOf(storage, 'pack')) {
        const pack = Buffer.from(await storage.load({ kind: 'pack', name }))
        for (const { uncompressedLength, id } of readPackHeader(pack, repository.sealer)) {
          if (!Buffer.from(id).equals(sha256(noise))) expect(uncompressedLength).toBeGreaterThan(0)
        }
      }
    },
  )

  it('stores as it is what does not become shorter, and compresses what does', async () => {
    const { repository, pipeline, writer, save, storage } = open()
    // Neither begins as a document does.
    const noise = Buffer.concat([Buffer.of(0xff), seededBytes('noise', 300_000)])
    const prose = text(300_000, 'The quick brown fox jumps over the lazy dog.')
    save('data', noise)
    save('data', prose)
    writer.flush()
    await pipeline.packs.finish()
    const lengths = new Map<string, { length: number; uncompressedLength: number }>()
    for (const name of await namesOf(storage, 'pack')) {
      const pack = Buffer.from(await storage.load({ kind: 'pack', name }))
      for (const { id, length, uncompressedLength } of readPackHeader(pack, repository.sealer)) {
        lengths.set(Buffer.from(id).toString('hex'), { length, uncompressedLength })
      }
    }
    const of = (plain: Buffer) => lengths.get(sha256(plain).toString('hex'))
    expect(of(noise)).toEqual({ length: noise.length + 32, uncompressedLength: 0 })
    expect(of(prose)?.uncompressedLength).toBe(prose.length)
    expect(of(prose)?.length).toBeLessThan(prose.length / 10)
  })

  it('closes packs near the size that was asked for', async () => {
    const { pipeline, writer, save, storage } = open({ packBytes: 4 * MIB, level: 'off' })
    for (let at = 0; at < 30; at++) {
      save('data', seededBytes(at, MIB))
      // The main thread stores packs while workers go on.
      await Promise.resolve()
    }
    writer.flush()
    await pipeline.packs.finish()
    const sizes = []
    for await (const { size } of storage.list('pack')) sizes.push(size)
    expect(
      sizes
        .toSorted((a, b) => a - b)
        .slice(1)
        .every((size) => size >= 4 * MIB && size < 5 * MIB + 1000),
    ).toBe(true)
    expect(pipeline.packs.bytesStored).toBe(sizes.reduce((sum, size) => sum + size, 0))
  })

  it('stores a tree that no slot has room for, in memory of its own', async () => {
    const { repository, index, pipeline, writer, save } = open({ packBytes: 4 * MIB })
    const huge = seededBytes('folder of a million', 14 * MIB)
    expect(save('tree', huge)).toBe(true)
    expect(save('tree', Buffer.from('{"nodes":[]}'))).toBe(true)
    writer.flush()
    await pipeline.packs.finish()
    expect(await contentOf(repository, index, 'tree', huge)).toBe(true)
  })

  it('waits until such a tree is stored before it builds the next, whatever their lengths', async () => {
    const { repository, index, pipeline } = open({ packBytes: 4 * MIB })
    const messages: PackMessage[] = []
    let waits = 0
    // Who would store meanwhile is this very thread.
    const bell: Bell = {
      ...pipeline.bell,
      waitUntil(isReady) {
        if (isReady()) return
        waits++
        const [message] = messages.splice(0)
        pipeline.packs.receive(message ?? expect.unreachable())
        throw new PipelineStopped('to be tried again')
      },
    }
    const filler = createPackFiller(pipeline.shared, bell, (message) => messages.push(message))
    const huge = [14, 17, 13, 20].map((mib) => seededBytes(mib, mib * MIB))
    for (const plain of huge) {
      const add = () => filler.add('tree', sha256(plain), plain, 0)
      try {
        add()
      } catch (error) {
        expect(error).toBeInstanceOf(PipelineStopped)
        await pipeline.packs.finish()
        add()
      }
    }
    for (const message of messages) pipeline.packs.receive(message)
    await pipeline.packs.finish()
    expect(waits).toBe(huge.length - 1)
    const numbers = Array.from({ length: index.packs.count }, (_, pack) => pack)
    const named = numbers.filter((pack) => index.packs.isNamed(pack))
    const names = named.map((pack) => index.packs.idOf(pack).toString('hex')).toSorted()
    expect(await namesOf(repository.storage, 'pack')).toEqual(names)
    expect(names).toHaveLength(huge.length)
  })

  it('takes pack slots from the main thread, and gives each back once it is stored', async () => {
    const { pipeline, writer, save, storage } = open({ packBytes: 4 * MIB, level: 'off' })
    // Many times more packs than slots.
    for (let at = 0; at < 60; at++) {
      save('data', seededBytes(at, 4 * MIB))
      await new Promise(setImmediate)
    }
    writer.flush()
    await pipeline.packs.finish()
    expect(await namesOf(storage, 'pack')).toHaveLength(60)
    expect(pipeline.shared.packSlots).toHaveLength(4)
  })
})

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'opened'
  } catch (error) {
    if (error instanceof CoreError) return error.code
    throw error
  }
}

describe('opening a pipeline', () => {
  it.each([0, 4 * MIB - 1, 128 * MIB + 1, 5 * MIB + 0.5, Number.NaN])('refuses packs of %d bytes', (packBytes) => {
    expect(codeOf(() => open({ packBytes }))).toBe('input/invalid')
  })

  it('takes packs of 4 to 128 MiB', () => {
    for (const packBytes of [4 * MIB, 128 * MIB]) expect(codeOf(() => open({ packBytes }))).toBe('opened')
  })

  it('refuses format 1, and a polynomial that content cannot be cut with', () => {
    const index = createBlobIndex()
    const withConfig = (config: Repository['config']) => () =>
      openPipeline({ ...made, config }, index, () => undefined, { workers: 1 })
    expect(codeOf(withConfig({ ...made.config, version: 1 }))).toBe('repository/unsupported')
    expect(codeOf(withConfig({ ...made.config, chunkerPolynomial: '3' }))).toBe('repository/unsupported')
    expect(codeOf(withConfig({ ...made.config, chunkerPolynomial: '20000000000000' }))).toBe('repository/damaged')
  })
})
