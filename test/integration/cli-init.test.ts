import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'

describe('holdfast repo init', () => {
  let home = ''
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-init-'))
  })
  afterAll(() => rmSync(home, { recursive: true }))

  it('tells programs what it made, as restic does, and ends with a summary', async () => {
    const path = join(home, 'repository')
    const made = await runHoldfast(['repo', 'init', '--json', '-r', path], { env: { RESTIC_PASSWORD: 'init' } })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const id = expect.stringMatching(/^[0-9a-f]{64}$/) as string
    const lines = jsonLines(made.stdout)
    expect(lines).toEqual([
      { message_type: 'initialized', id, repository: path },
      { message_type: 'summary', repository_id: lines[0]?.['id'], repository: path, version: 2 },
    ])
  })

  it('says that the folder holds something else, or that what should hold it was not there', async () => {
    const env = { RESTIC_PASSWORD: 'init' }
    const used = join(home, 'used')
    mkdirSync(used)
    for (const name of ['letters', 'photos', 'taxes']) writeFileSync(join(used, name), name)
    // What an `init` that found no room left is nothing else.
    for (const name of ['keys', 'data']) mkdirSync(join(used, name))
    const beside = await runHoldfast(['repo', 'init', '-r', used], { env })
    expect(beside).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/in a folder that holds something else: \w+ and 2 other entries\.\n$/) as string,
    })
    const unmounted = await runHoldfast(['repo', 'init', '-r', join(home, 'disk/vaults/one')], { env })
    expect(unmounted).toMatchObject({
      code: 0,
      stderr: `${join(home, 'disk/vaults')} was not there and was made, too. If a disk should be mounted there, it is not the disk that has it.\n`,
    })
    // An empty folder is what it should be.
    mkdirSync(join(home, 'empty'))
    expect(await runHoldfast(['repo', 'init', '-r', join(home, 'empty')], { env })).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  it.each(['/proc/holdfast', '/proc/holdfast/deeper', '/dev/null/holdfast'])(
    'ends at once where nobody can make a folder: %s',
    async (path) => {
      const { code, stderr } = await runHoldfast(['repo', 'init', '-r', path], { env: { RESTIC_PASSWORD: 'init' } })
      expect(code).toBe(1)
      expect(stderr).toMatch(/Nothing was changed\.|What was stored before is unharmed\./)
      // Nobody tries again.
      const refused = { code: 'storage/refused', retryable: false }
      await expect(openDirectoryStorage(path).prepare()).rejects.toMatchObject(refused)
    },
  )
})
