import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWithMounts, mountSmallDisk } from '../conformance/small-disk.ts'
import { type Ended, jsonLines } from '../support/holdfast.ts'
import { runMeasured } from '../support/measured-run.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { expectSameTree } from '../support/tree-listing.ts'

/** More than one set of a restore and more than one part of a tree that workers share. The full size: 1000000. */
const ENTRIES = Number(process.env['HOLDFAST_LARGE_FOLDER'] ?? 140_000)
const LARGE_FILE = 48 * 1024 * 1024
/** What a small file takes on a disk. */
const PAGE = 4096

/** MiB, and KiB an entry: what README and DESIGN say of one large folder. */
const BASE_MEMORY = 350
const ENTRY_MEMORY = 1.1

const home = mkdtempSync(join(tmpdir(), 'holdfast-large-'))
const source = join(home, 'source')
const folder = join(source, 'large')
const env = { RESTIC_REPOSITORY: join(home, 'vault'), RESTIC_PASSWORD: 'large' }

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(source, 'first'), seededChance(1).fill(Buffer.alloc(LARGE_FILE)))
  // Every other one is empty. Some names are not stored as they are.
  for (let file = 0; file < ENTRIES; file++)
    writeFileSync(join(folder, `file-${file}`), file % 2 === 0 ? '' : `${file}`)
  for (let odd = 0; odd < 500; odd++) {
    writeFileSync(Buffer.from(`${folder}/odd-\xff-"-\\-${odd}`, 'latin1'), `${odd}`)
    symlinkSync(`file-${odd}`, join(folder, `link-${odd}`))
  }
  await holdfast('init')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const costs: string[] = []

async function holdfast(command: string, ...args: string[]): Promise<Ended> {
  const { cost, peak, ...end } = await runMeasured(['repo', command, ...args], { env })
  costs.push(`${command}: ${cost}`)
  expect(peak).toBeLessThan(BASE_MEMORY + (ENTRIES / 1024) * ENTRY_MEMORY)
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' })
  return end
}

async function summaryOf(command: string, ...args: string[]): Promise<Record<string, unknown>> {
  return jsonLines((await holdfast(command, '--json', ...args)).stdout).at(-1) ?? {}
}

describeWith(['acl', 'attr'], `a folder of ${ENTRIES} files (HOLDFAST_LARGE_FOLDER)`, () => {
  const count = ENTRIES + 501

  it('is backed up, found unchanged, listed and checked', async () => {
    expect(await summaryOf('backup', source)).toMatchObject({ files_new: count, missed: 0 })
    expect(await summaryOf('backup', source)).toMatchObject({ files_unmodified: count, data_blobs: 0, missed: 0 })
    const { stdout } = await holdfast('ls', '--quiet', `latest:${source}`)
    expect(stdout.split('\n').length).toBe(count + 500 + 1 + 1)
    await holdfast('check')
  })

  it('FS-24: is restored, once and again where it is', async () => {
    const target = join(home, 'restored')
    await holdfast('restore', `latest:${source}`, '--target', target, '--verify')
    expectSameTree(join(target, 'large'), folder)
    appendFileSync(join(target, 'large', 'file-7'), 'more')
    rmSync(join(target, 'large', `file-${ENTRIES - 1}`))
    const again = await summaryOf('restore', `latest:${source}`, '--target', target, '--overwrite', 'if-changed')
    expect(again).toMatchObject({ files_skipped: count - 2, files_lost: 0 })
    expectSameTree(join(target, 'large'), folder)
    process.stdout.write(`${ENTRIES} files in one folder: ${costs.join('; ')}\n`)
  })
})

describeWithMounts('FS-23: a restore of several sets that is started again', () => {
  it('needs no room for what is there, in whichever set', async () => {
    const small = Math.ceil(ENTRIES / 2) + 500
    const disk = mountSmallDisk(`size=${small * PAGE + Math.floor(LARGE_FILE * 1.5)},nr_inodes=0`)
    await holdfast('backup', source)
    await holdfast('restore', `latest:${source}`, '--target', disk)
    const { bavail, bsize } = statfsSync(disk)
    expect(bavail * bsize).toBeLessThan(LARGE_FILE)
    expect(statSync(join(disk, 'first')).size).toBe(LARGE_FILE)
    await holdfast('restore', `latest:${source}`, '--target', disk, '--overwrite', 'if-changed')
    expect(readdirSync(join(disk, 'large')).length).toBe(ENTRIES + 1000)
  })
})
