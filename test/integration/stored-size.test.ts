import { cpSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault } from '../support/vault.ts'

const MIB = 1024 * 1024

/** The sizes of all packs. */
function packSizes(repository: string): number[] {
  return readdirSync(join(repository, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
    .toSorted((left, right) => left - right)
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)

/** Words in no order: text that compresses about as text does. */
function prose(length: number, chance: ReturnType<typeof seededChance>): Buffer {
  const words = Array.from({ length: 4000 }, () =>
    Array.from({ length: 2 + chance.below(9) }, () => String.fromCodePoint(97 + chance.below(26))).join(''),
  )
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length;) {
    const rank = Math.floor(4000 ** chance.fraction()) - 1
    at += bytes.write(`${words[rank] ?? ''} `, at)
  }
  return bytes
}

describe('a repository', () => {
  it('has packs of about 16 MiB where nothing else is asked for', async () => {
    const vault = await makeVault()
    vault.write('noise', seededChance(1).fill(Buffer.alloc(40 * MIB)))
    expect(await vault.backUp(['--workers', '1'])).toMatchObject({ code: 0 })
    // Neither the last pack of content nor that of trees is full.
    const full = packSizes(vault.path).filter((size) => size >= 15 * MIB)
    expect(full).toHaveLength(2)
    expect(full.at(-1)).toBeLessThanOrEqual(24 * MIB)
  })
})

describeWith(['restic'], 'a repository, beside stock restic', () => {
  it('takes up about as much as theirs', async () => {
    const vault = await makeVault()
    const chance = seededChance(2)
    for (let file = 0; file < 8; file++) {
      vault.write(`prose ${file}`, prose(4 * MIB, chance))
      vault.write(`noise ${file}`, chance.fill(Buffer.alloc(4 * MIB)))
    }
    // The same polynomial, so that both cut alike.
    const theirs = vault.file('theirs')
    cpSync(vault.path, theirs, { recursive: true })
    expect(await vault.backUp()).toMatchObject({ code: 0 })
    vault.restic('-r', theirs, 'backup', vault.source)
    expect(sum(packSizes(theirs))).toBeGreaterThan(32 * MIB)
    expect(sum(packSizes(vault.path)) / sum(packSizes(theirs))).toBeLessThanOrEqual(1.03)
  })
})
