import { mkdtempSync, rmSync } from 'node:fs'
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
