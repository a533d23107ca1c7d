import { createHash } from 'node:crypto'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { openDirectoryStorage, type Storage } from '../../core/storage/index.ts'
import { killChild } from '../support/kill-child.ts'
import { listAll, temporaryFolder } from './fixture.ts'

const CHILD = fileURLToPath(new URL('saving-child.ts', import.meta.url))
const ROUNDS = 20
const MOST_ROUNDS = 500

describe('a directory whose writer is killed', () => {
  it('keeps every acknowledged file whole and shows no torn one, 20 times at random moments', async () => {
    const folder = temporaryFolder()
    const storage = openDirectoryStorage(folder)
    const acknowledged = new Set<string>()
    const checked = new Set<string>()
    // A kill that came in the middle of a save leaves a temporary file. Without one nothing was proved.
    const isMet = (): boolean => temporaryFiles(folder).length > 0
    for (let round = 0; round < ROUNDS || (!isMet() && round < MOST_ROUNDS); round++) {
      const delay = Math.random() * 40
      for (const line of await killWhileSaving(folder, delay)) acknowledged.add(line)
      const torn = await checkAll(storage, checked)
      expect(torn, `torn after ${delay} ms in round ${round}`).toEqual([])
      const lost = [...acknowledged].filter((line) => !checked.has(line))
      expect(lost, `lost after ${delay} ms in round ${round}`).toEqual([])
    }

    const leftBehind = temporaryFiles(folder)
    expect(leftBehind.length).toBeGreaterThan(0)

    await storage.prepare()
    expect(temporaryFiles(folder)).toEqual(leftBehind)
    const old = Date.now() / 1000 - 25 * 60 * 60
    for (const path of leftBehind) utimesSync(path, old, old)
    await storage.prepare()
    expect(temporaryFiles(folder)).toEqual([])
    expect(await checkAll(storage, new Set())).toEqual([])
    const all = [...(await listAll(storage, 'pack')), ...(await listAll(storage, 'snapshot'))]
    expect(all).toHaveLength(checked.size)
  })
})

/** Lets a child save until `delay` ms after its first acknowledgement. Tells all that it acknowledged. */
async function killWhileSaving(folder: string, delay: number): Promise<string[]> {
  const { lines } = await killChild(CHILD, [folder], delay)
  expect(lines.length, 'the child saved nothing').toBeGreaterThan(0)
  return [...lines]
}

/** Reads every file not in `checked` and adds it. Tells those whose content is not what their name says. */
async function checkAll(storage: Storage, checked: Set<string>): Promise<string[]> {
  const torn: string[] = []
  for (const kind of ['pack', 'snapshot'] as const) {
    for (const { name } of await listAll(storage, kind)) {
      if (checked.has(`${kind} ${name}`)) continue
      checked.add(`${kind} ${name}`)
      const body = await storage.load({ kind, name })
      if (createHash('sha256').update(body).digest('hex') !== name) torn.push(`${kind} ${name}`)
    }
  }
  return torn
}

function temporaryFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('-tmp-'))
    .map((path) => join(folder, path))
    .toSorted()
}
