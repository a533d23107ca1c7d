import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openMissedLog } from '../../core/archiver/index.ts'
import { makeVault } from '../support/vault.ts'

const MANY = 2500
const LISTED = 1000

const file = (name: string) => ({ path: Buffer.from(name), kind: 'unreadable', reason: 'EACCES' }) as const

describe('a backup that misses more than can be kept in mind', () => {
  it('FS-18: lists all of it in the log, tells the first thousand, and counts the rest', async () => {
    const vault = await makeVault()
    for (let each = 0; each < MANY; each++)
      writeFileSync(Buffer.from(join(vault.source, `${each}-\xff`), 'latin1'), 'content')
    const run = await vault.backUp(['--skip-names-not-utf8'])
    expect(run.code).toBe(3)
    expect(run.summary).toMatchObject({ missed: MANY, total_files_processed: 0 })
    expect(run.lines.filter(({ message_type: type }) => type === 'error')).toHaveLength(LISTED)
    expect(run.lines).toContainEqual({ message_type: 'warning', message: 'And 1,500 more.' })
    const log = String(run.summary['missed_log'])
    const [head, ...lines] = readFileSync(log, 'utf8').split('\n')
    expect(head).toMatch(/^# 2500 missed in run [0-9a-f]{8}, /)
    expect(lines.pop()).toBe('')
    const names = Array.from({ length: MANY }, (_, each) => join(vault.source, `${each}-\\xff`))
    expect(lines.map((line) => String(line.split('\t').at(-1))).toSorted()).toEqual(names.toSorted())
    // Nothing but the list is left.
    expect(readdirSync(join(log, '..'))).toHaveLength(1)
    expect(statSync(log).mode & 0o777).toBe(0o600)
  })

  it('leaves no list where nothing is stored', async () => {
    const vault = await makeVault()
    writeFileSync(Buffer.from(join(vault.source, '\xff'), 'latin1'), 'content')
    const { code, summary } = await vault.backUp(['--skip-names-not-utf8', '--dry-run'])
    expect(code).toBe(3)
    expect(summary).toMatchObject({ missed: 1 })
    expect(summary).not.toHaveProperty('missed_log')
    expect(() => statSync(vault.file('logs'))).toThrow('ENOENT')
  })
})

describe('the log of missed files', () => {
  it('is on the disk before the run is over, forgets a pass that is tried again, and leaves nothing when it is not saved', async () => {
    const vault = await makeVault()
    const folder = vault.file('logs')
    {
      using log = openMissedLog({ folder, set: 'set' })
      const first = log.begin()
      for (let each = 0; each < 100_000; each++) first(file(`/first/${each}`))
      const [part = ''] = readdirSync(join(folder, 'set'))
      expect(statSync(join(folder, 'set', part)).size).toBeGreaterThan(2_000_000)
      log.begin()(file('/second'))
      const path = await log.save('0123abcd', 0)
      expect(readFileSync(path, 'utf8')).toBe(
        '# 1 missed in run 0123abcd, 1970-01-01T00:00:00.000Z\nunreadable\tEACCES\t/second\n',
      )
      rmSync(path)
    }
    {
      using log = openMissedLog({ folder, set: 'set' })
      const missed = log.begin()
      for (let each = 0; each < 10_000; each++) missed(file(`/${each}`))
    }
    expect(readdirSync(join(folder, 'set'))).toEqual([])
  })

  it('that cannot be written says so when it is saved', async () => {
    const vault = await makeVault()
    const folder = vault.write('a file', '')
    using log = openMissedLog({ folder, set: 'set' })
    const missed = log.begin()
    for (let each = 0; each < 10_000; each++) missed(file(`/${each}`))
    await expect(log.save('0123abcd', 0)).rejects.toThrow('ENOTDIR')
  })
})
