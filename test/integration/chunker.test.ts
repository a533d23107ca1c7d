import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { createChunkFinder, SCRATCH_BYTES } from '../../core/repository/chunker/chunk-finder.ts'
import { parsePolynomial } from '../../core/repository/chunker/polynomial.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { noise } from '../unit/core/repository/chunker/made-data.ts'

const MIB = 1024 * 1024
const MIN = 512 * 1024

/** Files whose cuts could differ. */
const files = {
  'random.bin': () => noise(30 * MIB + 12_345, 2024),
  'zeros.bin': () => Buffer.alloc(9 * MIB + 1),
  'ones.bin': () => Buffer.alloc(17 * MIB, 0xff),
  'text.log': () => Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${i} line of text, ${i ** 3}\n`).join('')),
  'mixed.bin': () => Buffer.concat([noise(700_000, 1), Buffer.alloc(3 * MIB), noise(5 * MIB, 2), Buffer.alloc(300)]),
  'empty.bin': () => Buffer.alloc(0),
  'tiny.bin': () => noise(63, 3),
  'below.bin': () => noise(MIN - 1, 4),
  'minimum.bin': () => noise(MIN, 5),
  'above.bin': () => noise(MIN + 1, 6),
} satisfies Record<string, () => Buffer>

interface Tree {
  readonly nodes: readonly { readonly name: string; readonly content?: readonly string[]; readonly subtree?: string }[]
}

describeWith(['restic'], 'cutting as stock restic does', () => {
  let folder: string
  let polynomial: bigint
  let contents: Map<string, readonly string[]>

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chunker-'))
    const [source, repository] = [join(folder, 'source'), join(folder, 'repository')]
    const env = {
      ...process.env,
      RESTIC_REPOSITORY: repository,
      RESTIC_PASSWORD: 'x',
      RESTIC_CACHE_DIR: join(folder, 'c'),
    }
    const restic = (...args: string[]) => execFileSync('restic', args, { env, encoding: 'utf8', stdio: 'pipe' })
    mkdirSync(source)
    for (const [name, make] of Object.entries(files)) writeFileSync(join(source, name), make())
    restic('init', '--repository-version', '2')
    restic('backup', source)
    polynomial = parsePolynomial(
      (JSON.parse(restic('cat', 'config')) as { chunker_polynomial: string }).chunker_polynomial,
    )

    contents = new Map()
    const [snapshot] = JSON.parse(restic('snapshots', '--json')) as { tree: string }[]
    const trees = [snapshot?.tree ?? '']
    for (const id of trees) {
      for (const node of (JSON.parse(restic('cat', 'blob', id)) as Tree).nodes) {
        if (node.subtree) trees.push(node.subtree)
        else contents.set(node.name, node.content ?? [])
      }
    }
    expect(readdirSync(source)).toHaveLength(contents.size)
  })

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(Object.keys(files))('finds the same chunks in %s', (name) => {
    const data = readFileSync(join(folder, 'source', name))
    const memory = new WebAssembly.Memory({ initial: 600, maximum: 600, shared: true })
    const finder = createChunkFinder({ memory, scratch: 0, polynomial })
    const view = Buffer.from(memory.buffer)
    const ids: string[] = []

    // Windows of 8 MiB, as a reader with a fixed buffer shows them.
    const lengths: number[] = []
    let start = SCRATCH_BYTES
    for (let shown = 0; shown < data.length;) {
      const end = SCRATCH_BYTES + Math.min(shown + 8 * MIB, data.length)
      data.copy(view, SCRATCH_BYTES + shown, shown, end - SCRATCH_BYTES)
      shown = end - SCRATCH_BYTES
      finder.findCuts(start, end, shown === data.length, lengths)
      for (const length of lengths) {
        ids.push(
          createHash('sha256')
            .update(view.subarray(start, start + length))
            .digest('hex'),
        )
        start += length
      }
    }
    expect(ids, `polynomial ${polynomial.toString(16)}`).toEqual(contents.get(name))
  })
})
