import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { describeBoundByModes } from '../support/privilege.ts'
import { startBoundByModes } from '../support/repository-process/start.ts'
import { type BackupRun, makeVault, type Vault } from '../support/vault.ts'

const BOUND = { isBoundByModes: true }

/** Nobody may read it, as if somebody had locked it. */
const lock = (path: string): void => chmodSync(path, 0)
const unlock = (path: string): void => chmodSync(path, 0o700)

const errorsOf = ({ lines }: BackupRun) => lines.filter(({ message_type: type }) => type === 'error')

/** Has a file become readable right after the first look at everything. */
async function backUpUnlocking(vault: Vault, missed: string, locked: string): Promise<Record<string, unknown>> {
  const { RESTIC_PASSWORD: password = '' } = vault.env
  const run = startBoundByModes('backup-in-steps', vault.path, vault.source, password, missed)
  expect(await run.next()).toBe('looked')
  unlock(locked)
  run.tell('go on')
  const result = await run.next()
  expect(await run.ended).toBe('')
  return JSON.parse(result ?? '') as Record<string, unknown>
}

const DAY = 86_400_000

/** As the command takes it. */
const timeOf = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

describeBoundByModes('a backup that may not read everything', () => {
  it('RET-21: says so in its snapshot: the list and a restore tell, and a complete one stays in its place', async () => {
    const vault = await makeVault()
    vault.write('free', 'may be read')
    const locked = vault.write('locked', 'may not always')
    // Tuesday and Friday, two weeks ago and more.
    const tuesday = Math.floor((Date.now() - 21 * DAY) / (7 * DAY)) * 7 * DAY - 2 * DAY
    const run = async (day: number): Promise<string> =>
      String((await vault.backUp(['--time', timeOf(day)], BOUND)).summary['snapshot_id'])
    const complete = await run(tuesday)
    lock(locked)
    const lacking = await run(tuesday + 3 * DAY)
    const newest = await run(Date.now() - DAY)

    const listed = await vault.holdfast(['snapshots', '--json'])
    const missed = new Map(jsonLines(listed.stdout).map((line) => [line['id'], line['files_missed']]))
    expect([complete, lacking, newest].map((id) => missed.get(id))).toEqual([undefined, 1, 1])
    expect((await vault.holdfast(['snapshots'])).stdout).toMatch(/Size +Missed\n/)
    const restored = await vault.holdfast(['restore', lacking, '--target', vault.file('back')])
    expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining('1 file could not be read') as string })
    expect((await vault.holdfast(['restore', complete, '--target', vault.file('all')])).stderr).toBe('')
    expect(vault.restic('snapshots')).toContain(lacking.slice(0, 8))

    const rules = ['--retain-days', '1', '--retain-weeks', '8', '--time-zone', 'UTC', '--yes']
    expect((await vault.holdfast(['forget', ...rules])).code).toBe(0)
    const left = jsonLines((await vault.holdfast(['snapshots', '--json'])).stdout).flatMap(({ id }) => id ?? [])
    expect(left).toEqual([complete, newest])
  })

  it('NAS-15, FS-16: stores all else, ends with 3, names what it missed, and the next run takes it', async () => {
    const vault = await makeVault()
    vault.write('free', 'may be read')
    lock(vault.write('locked', 'may not'))
    lock(vault.write('secret/inside', 'may be read'))
    lock(vault.at('secret'))
    for (const policy of ['retry-at-end', 'next-run']) {
      const run = await vault.backUp(['--missed', policy], BOUND)
      expect(run.code).toBe(3)
      expect(errorsOf(run).toSorted((a, b) => String(a['item']).localeCompare(String(b['item'])))).toEqual([
        {
          message_type: 'error',
          error: { message: 'EACCES' },
          during: 'archival',
          kind: 'unreadable',
          item: vault.at('locked'),
        },
        {
          message_type: 'error',
          error: { message: 'EACCES' },
          during: 'archival',
          kind: 'unreadable',
          item: vault.at('secret'),
        },
      ])
      expect(run.summary).toMatchObject({ message_type: 'summary', missed: 2, total_files_processed: 1 })
      expect(await vault.kept(run.summary['snapshot_id'])).toEqual(['free'])
    }
    unlock(vault.at('locked'))
    unlock(vault.at('secret'))
    unlock(vault.at('secret/inside'))
    const next = await vault.backUp([], BOUND)
    expect(next.code).toBe(0)
    expect(next.summary).toMatchObject({ files_new: 2, files_unmodified: 1, missed: 0 })
    expect(next.summary).not.toHaveProperty('missed_log')
    expect(await vault.kept()).toEqual(['free', 'locked', 'secret', 'secret/inside'])
    expect(String(await vault.contentOf('locked'))).toBe('may not')
  })

  it('tells people what it missed, that the snapshot was made, and where the list is', async () => {
    const vault = await makeVault()
    lock(vault.write('locked', 'may not'))
    const logs = vault.file('logs')
    const { code, stdout, stderr } = await vault.holdfast(['backup', '--log-dir', logs, vault.source], BOUND)
    expect(code).toBe(3)
    expect(stderr).toContain(`unreadable: ${vault.at('locked')} (EACCES)\n`)
    expect(stderr).toMatch(/^1 missed, listed in .*-MissedFiles\.log\.$/m)
    expect(stdout).toMatch(/^Snapshot [0-9a-f]{8} saved\.$/m)
  })

  it('NAS-14: tries again at the end, and a file that can be read by then is no warning', async () => {
    const vault = await makeVault()
    vault.write('free', 'may be read')
    lock(vault.write('locked', 'may be read later'))
    const result = await backUpUnlocking(vault, 'retry-at-end', vault.at('locked'))
    expect(result['missed']).toEqual([])
    // The first look saw one of the two, the second one the other.
    expect(result['figures']).toMatchObject({ filesNew: 2, filesUnmodified: 0, bytesProcessed: 28, bytesRead: 28 })
    expect(await vault.kept(result['snapshot'])).toEqual(['free', 'locked'])
    expect(String(await vault.contentOf('locked'))).toBe('may be read later')
    expect(readdirSync(join(vault.path, 'snapshots'))).toHaveLength(1)
  })

  it('NAS-14: takes a folder too that can be listed by then', async () => {
    const vault = await makeVault()
    vault.write('folder/deep/file', 'content')
    lock(vault.at('folder'))
    const result = await backUpUnlocking(vault, 'retry-at-end', vault.at('folder'))
    expect(result['missed']).toEqual([])
    expect(result['figures']).toMatchObject({ filesNew: 1, dirsNew: 3 })
    expect(await vault.kept(result['snapshot'])).toEqual(['folder', 'folder/deep', 'folder/deep/file'])
  })

  it('FS-16: leaves it for the next run where it is told to, though it could be read by then', async () => {
    const vault = await makeVault()
    lock(vault.write('locked', 'may be read later'))
    const result = await backUpUnlocking(vault, 'next-run', vault.at('locked'))
    expect(result['missed']).toEqual([{ kind: 'unreadable', reason: 'EACCES', path: vault.at('locked') }])
    expect(await vault.kept(result['snapshot'])).toEqual([])
  })

  it('FS-18: lists what it missed under our own log folder, by the known pattern, for its owner only', async () => {
    const vault = await makeVault()
    lock(vault.write('locked', 'may not'))
    lock(vault.write('line\nfeed', 'may not'))
    const { summary } = await vault.backUp([], BOUND)
    const log = String(summary['missed_log'])
    const run = String(summary['snapshot_id']).slice(0, 8)
    const folder = vault.id.slice(0, 10)
    expect(log).toBe(join(vault.file('logs'), folder, `Holdfast-${run}-MissedFiles.log`))
    expect(statSync(log).mode & 0o777).toBe(0o600)
    expect(statSync(join(vault.file('logs'), folder)).mode & 0o777).toBe(0o700)
    const [head = '', ...lines] = readFileSync(log, 'utf8').split('\n')
    expect(head).toMatch(new RegExp(`^# 2 missed in run ${run}, \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$`))
    expect(lines.toSorted()).toEqual([
      '',
      `unreadable\tEACCES\t${vault.at('line\\x0afeed')}`,
      `unreadable\tEACCES\t${vault.at('locked')}`,
    ])
    // The next run has a list of its own, in the same folder.
    const { summary: next } = await vault.backUp([], BOUND)
    expect(next['missed_log']).not.toBe(log)
    expect(readdirSync(join(vault.file('logs'), folder))).toHaveLength(2)
  })

  it('is no failure where the list cannot be written: it is told, and the recovery point is there', async () => {
    const vault = await makeVault()
    lock(vault.write('locked', 'may not'))
    const place = vault.write('free', 'a file where a folder should be')
    const { code, stdout, stderr } = await vault.holdfast(['backup', '--log-dir', place, vault.source], BOUND)
    expect(code).toBe(3)
    expect(stderr).toContain(`The list of missed files cannot be written to ${place}: `)
    expect(stdout).toMatch(/^Snapshot [0-9a-f]{8} saved\.$/m)
  })

  it('makes no recovery point where nothing of any target can be read: the newest stays the newest', async () => {
    const vault = await makeVault()
    lock(vault.write('locked', 'may not'))
    lock(mkdirSync(vault.at('secret'), { recursive: true }) ?? '')
    const before = vault.stored().filter((name) => name.startsWith('snapshots/'))
    const targets = [vault.at('locked'), vault.at('secret')]
    for (const missed of ['retry-at-end', 'next-run']) {
      const { code, stderr } = await vault.holdfast(['backup', '--missed', missed, ...targets], BOUND)
      expect(code).toBe(1)
      for (const target of targets) expect(stderr).toContain(`${target} (EACCES)`)
      expect(stderr).toContain('No recovery point was made')
    }
    expect(vault.stored().filter((name) => name.startsWith('snapshots/'))).toEqual(before)
    // One of several that can be read makes one.
    const { code } = await vault.holdfast(['backup', ...targets, vault.write('free', 'may')], BOUND)
    expect(code).toBe(3)
    unlock(vault.at('secret'))
  })

  it('ends before it begins where it may not even look at the target', async () => {
    const vault = await makeVault()
    mkdirSync(vault.at('target'))
    lock(vault.source)
    const before = vault.stored()
    const { code, stderr } = await vault.holdfast(['backup', vault.at('target')], BOUND)
    unlock(vault.source)
    expect(code).toBe(1)
    expect(stderr).toContain(vault.at('target'))
    expect(stderr).toContain('Earlier recovery points are untouched.')
    expect(vault.stored()).toEqual(before)
  })
})
