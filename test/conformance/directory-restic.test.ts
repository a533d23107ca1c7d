import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { openDirectoryStorage } from '../../core/storage/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { CONFIG, handle, listNames, randomBody, temporaryFolder } from './fixture.ts'

function restic(repository: string, ...args: string[]): string {
  const env = { ...process.env, RESTIC_PASSWORD: 'secret', RESTIC_REPOSITORY: repository }
  return execFileSync('restic', [...args, '--no-cache'], { encoding: 'utf8', env, stdio: 'pipe' })
}

let made = ''

/** A repository that restic made, with one backup of some files: made once, as restic is slow to start. */
function copyRepository(): { folder: string; repository: string } {
  const folder = temporaryFolder()
  cpSync(made, folder, { recursive: true })
  return { folder, repository: join(folder, 'repository') }
}

describeWith(['restic'], 'a directory shared with stock restic', () => {
  beforeAll(() => {
    made = mkdtempSync(join(tmpdir(), 'holdfast-storage-'))
    mkdirSync(join(made, 'source'))
    for (let number = 0; number < 5; number++) writeFileSync(join(made, 'source', `${number}`), randomBody(500_000))
    restic(join(made, 'repository'), 'init')
    restic(join(made, 'repository'), 'backup', join(made, 'source'))
  })

  afterAll(() => rmSync(made, { recursive: true, force: true }))

  it('lists what restic lists', async () => {
    const { repository } = copyRepository()
    const storage = openDirectoryStorage(repository)
    for (const [kind, plural] of [
      ['pack', 'packs'],
      ['index', 'index'],
      ['snapshot', 'snapshots'],
      ['key', 'keys'],
    ] as const) {
      const names = restic(repository, 'list', plural).trim().split('\n').toSorted()
      expect(names[0]).toMatch(/^[0-9a-f]{64}$/)
      expect(await listNames(storage, kind)).toEqual(names)
    }
  })

  it('holds a copy, file by file, that restic finds whole and goes on writing to', async () => {
    const { folder, repository } = copyRepository()
    const from = openDirectoryStorage(repository)
    const to = openDirectoryStorage(join(folder, 'copy'))
    await to.prepare()
    for (const kind of ['config', 'key', 'snapshot', 'index', 'pack'] as const) {
      for await (const { name } of from.list(kind)) await to.save({ kind, name }, await from.load({ kind, name }))
    }
    expect(restic(to.location, 'check', '--read-data')).toContain('no errors were found')
    restic(to.location, 'backup', join(folder, 'source'))
    expect(restic(to.location, 'check', '--read-data')).toContain('no errors were found')
    expect(await listNames(to, 'snapshot')).toHaveLength(2)
  })

  it('does not disturb restic by temporary files in any folder, nor lets restic’s own disturb us', async () => {
    const { folder, repository } = copyRepository()
    const storage = openDirectoryStorage(repository)
    const packFolders = readdirSync(join(repository, 'data')).map((name) => join('data', name))
    for (const place of ['.', 'keys', 'locks', 'snapshots', 'index', 'data', ...packFolders]) {
      const name = place === '.' ? 'config' : handle('pack', place).name
      for (const end of ['-tmp-holdfast-0011223344556677-0', '-tmp-123456']) {
        writeFileSync(join(repository, place, name + end), 'half of a fi')
      }
    }
    expect(restic(repository, 'check', '--read-data')).toContain('no errors were found')
    restic(repository, 'backup', join(folder, 'source'))
    restic(repository, 'forget', '--keep-last', '1', '--group-by', 'host', '--prune')
    expect(restic(repository, 'check', '--read-data')).toContain('no errors were found')
    expect(await listNames(storage, 'snapshot')).toHaveLength(1)
    expect((await storage.stat(CONFIG)).size).toBeGreaterThan(100)
  })

  it('refuses to make a config where restic made one', async () => {
    const { repository } = copyRepository()
    const saving = openDirectoryStorage(repository).save(CONFIG, randomBody(100))
    await expect(saving).rejects.toMatchObject({ code: 'storage/exists' })
    expect(restic(repository, 'cat', 'config')).toContain('chunker_polynomial')
  })
})
