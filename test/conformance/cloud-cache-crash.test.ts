import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { openCacheStorage } from '../../core/cloud-cache/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { journalIn } from '../support/cache-journal.ts'
import { killChild } from '../support/kill-child.ts'
import { listNames, temporaryFolder } from './fixture.ts'

const CHILD = fileURLToPath(new URL('caching-child.ts', import.meta.url))
const ROUNDS = 15

describe('a cache whose process is killed', () => {
  it('keeps every acknowledged file, owes every acknowledged deletion, and has nothing listed that is nowhere', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'cache'))
    const saved = new Set<string>()
    const leaving = new Set<string>()
    const removed = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const said = await killWhileSaving(folder, Math.random() * 150)
      for (const [word, name] of said) {
        if (word === 'saved') saved.add(name)
        else if (word === 'removing') leaving.add(name)
        else removed.add(name)
      }
      const local = openDirectoryStorage(join(folder, 'cache', 'files'))
      const cloud = openDirectoryStorage(join(folder, 'cloud'))
      const { journal } = journalIn(join(folder, 'cache'))
      const cache = openCacheStorage({ local, cloud, journal })
      await cache.prepare()
      journal.abandonUploads()

      const listed = new Set(await listNames(cache, 'pack'))
      for (const name of listed) {
        const body = await cache.load({ kind: 'pack', name })
        expect(createHash('sha256').update(body).digest('hex')).toBe(name)
      }
      const staying = [...saved].filter((name) => !leaving.has(name))
      expect(staying.filter((name) => !listed.has(name))).toEqual([])
      expect([...removed].filter((name) => listed.has(name))).toEqual([])
      const inCloud = await listNames(cloud, 'pack')
      const owed = (name: string): boolean => journal.tombstones.phaseOf({ kind: 'pack', name }) !== undefined
      expect(inCloud.filter((name) => !listed.has(name) && !owed(name))).toEqual([])
      const evicted = new Set([...journal.files.inState('evicted')].map(({ name }) => name))
      expect((await listNames(local, 'pack')).filter((name) => evicted.has(name))).toEqual([])
      journal.close()
    }
    expect(removed.size).toBeGreaterThan(0)
  })
})

/** Lets a child work until `delay` ms after its first acknowledgement. Tells all that it said. */
async function killWhileSaving(folder: string, delay: number): Promise<(readonly [word: string, name: string])[]> {
  const { lines } = await killChild(CHILD, [folder], delay)
  expect(lines.length, 'the child saved nothing').toBeGreaterThan(0)
  return lines.map((line) => {
    const [word = '', name = ''] = line.split(' ')
    return [word, name]
  })
}
