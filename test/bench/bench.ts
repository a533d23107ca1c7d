import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { benchCloud } from './cloud.ts'
import { makeLargeFiles, makeSmallFiles } from './data.ts'
import { benchDoor } from './door.ts'
import { benchEntries } from './entries.ts'
import { type Figure, missOf, toldFigure } from './figure.ts'
import { benchImage, benchSparse, type Share } from './image.ts'
import { benchLimiter } from './limiter.ts'
import { benchLists } from './lists.ts'
import { measure, median, type Run } from './measure.ts'
import { benchPlanning } from './planning.ts'
import { benchPrune } from './prune.ts'

// `npm run bench`: restic and Holdfast in turn, on the same files, into repositories that began as copies of one another.
// Ratios first: this is how many times faster Holdfast was. Ends with 1 where a "must" of the design is missed, unless
// `--only-tell`.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    large: { type: 'string', default: '1536' },
    small: { type: 'string', default: '100000' },
    image: { type: 'string', default: '8192' },
    sparse: { type: 'string', default: '8192' },
    lists: { type: 'string', default: '100000' },
    entries: { type: 'string', default: '1000000' },
    packs: { type: 'string', default: '24' },
    planned: { type: 'string', default: '1000000' },
    door: { type: 'string', default: '1024' },
    seconds: { type: 'string', default: '63' },
    only: { type: 'string', default: 'large,small,prune,image,sparse,lists,entries,cloud,planning,limiter,door' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    'only-tell': { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)

/** Milliseconds. */
const SETTLING = 3000

/** MB, and times what restic stores: what design section 6 allows. */
const MOST_RESIDENT = 512
const MOST_STORED = 1.03
const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'holdfast-bench-'))
const env = {
  ...process.env,
  RESTIC_PASSWORD: 'bench',
  RESTIC_CACHE_DIR: join(folder, 'restic-cache'),
  HOLDFAST_STATE_DIR: join(folder, 'state'),
}
const holdfast = join(import.meta.dirname, '../../out/node/holdfast')

interface Line {
  readonly name: string
  readonly must: number
  readonly restic: Run[]
  readonly holdfast: Run[]
}
const lines: Line[] = []
const line = (name: string, must: number): Line => {
  const made: Line = { name, must, restic: [], holdfast: [] }
  lines.push(made)
  return made
}

/**
 * Each program in turn, and who is first changes every round, so that drift of the machine's speed meets both. Nobody pays
 * for what the other one wrote: it is on the disk, and that has settled, before the next begins.
 */
async function pair(
  { restic, holdfast: ours }: Line,
  round: number,
  reads: readonly string[],
  resticArgs: string[],
  ourArgs: string[],
): Promise<void> {
  const runs = [
    async () => restic.push(await measure('restic', ['--quiet', ...resticArgs], env)),
    async () => ours.push(await measure(holdfast, ['repo', ...ourArgs, '--quiet'], env)),
  ]
  if (round % 2 === 1) runs.reverse()
  for (const run of runs) {
    await settle(reads)
    await run()
  }
}

async function settle(reads: readonly string[]): Promise<void> {
  execFileSync('sync')
  await setTimeout(SETTLING)
  touchMemory()
  for (const path of reads) warm(path)
}

/**
 * Writes and removes as much as any run writes. A virtual machine whose host takes idle memory back would otherwise make
 * whoever comes first fetch every page for what it writes.
 */
function touchMemory(): void {
  const path = join(folder, 'touched')
  execFileSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=1M', `count=${values.large}`], { stdio: 'ignore' })
  rmSync(path)
}

/** Reads everything once: a kernel that reclaims idle memory would otherwise make whoever is first read from the disk. */
function warm(path: string): void {
  execFileSync('sh', ['-c', 'find "$1" -type f -exec cat {} + > /dev/null', 'sh', path])
}

/**
 * Where many files were removed, ext4 spends most of the time for a new one on passing over their inodes, for the next
 * five minutes (`recently_deleted` in fs/ext4/ialloc.c; it made restores of small files twice as slow, for whoever came
 * later). So what has many files is removed only in the end.
 */
async function benchSet(
  name: string,
  source: string,
  musts: { first: number; again: number; restore: number },
  isLarge: boolean,
): Promise<void> {
  const first = line(`${name}: first backup`, musts.first)
  const again = line(`${name}: unchanged rescan`, musts.again)
  const back = line(`${name}: restore`, musts.restore)
  for (let round = 0; round < rounds; round++) {
    const place = (what: string): string => join(folder, `${what}-${name}-${round}`.replace(' ', '-'))
    const [r, h] = [place('restic'), place('holdfast')]
    const [ro, ho] = [place('restic-out'), place('holdfast-out')]
    cpSync(join(folder, 'empty'), r, { recursive: true })
    cpSync(join(folder, 'empty'), h, { recursive: true })
    await pair(first, round, [source], ['-r', r, 'backup', source], ['backup', '-r', h, source])
    await pair(again, round, [source], ['-r', r, 'backup', source], ['backup', '-r', h, source])
    await pair(
      back,
      round,
      [r, h],
      ['-r', r, 'restore', 'latest', '--target', ro],
      ['restore', '-r', h, 'latest', '--target', ho],
    )
    if (round === 0) sizes.push({ name, ratio: bytesIn(h) / bytesIn(r) })
    if (isLarge) for (const path of [r, h, ro, ho]) rmSync(path, { recursive: true })
  }
}

/** A new repository for each program. */
function placeRepositories(round: number): readonly [restic: string, holdfast: string] {
  const place = (name: string): string => {
    const path = join(folder, `${name}-image-${round}`)
    cpSync(join(folder, 'empty'), path, { recursive: true })
    return path
  }
  return [place('restic'), place('holdfast')]
}

async function runAlone(reads: readonly string[], args: string[]): Promise<Run> {
  await settle(reads)
  return measure(holdfast, ['repo', ...args, '--quiet'], env)
}

const shares: Share[] = []
const told: Figure[] = []
const sizes: { readonly name: string; readonly ratio: number }[] = []
function bytesIn(path: string): number {
  return Number(execFileSync('du', ['-s', '--bytes', path], { encoding: 'utf8' }).split('\t')[0])
}

try {
  process.stdout.write(`Making files in ${folder}\n`)
  execFileSync('restic', ['init', '--quiet', '--repository-version', '2', '-r', join(folder, 'empty')], { env })
  if (values.only.includes('large')) {
    makeLargeFiles(join(folder, 'large'), Number(values.large))
    await benchSet('large files', join(folder, 'large'), { first: 1.6, again: 0, restore: 1.5 }, true)
  }
  if (values.only.includes('small')) {
    makeSmallFiles(join(folder, 'small'), Number(values.small))
    await benchSet('small files', join(folder, 'small'), { first: 1.5, again: 3, restore: 1.5 }, false)
  }
  if (values.only.includes('prune')) {
    const prune = line('prune, half of it unused', 1)
    await benchPrune({
      folder,
      rounds,
      env,
      both: (round, reads, resticArgs, ourArgs) => pair(prune, round, reads, resticArgs, ourArgs),
    })
  }
  if (values.only.includes('image')) {
    const backup = line('disk image: backup', 2)
    const restore = line('disk image: restore', 0)
    shares.push(
      ...(await benchImage({
        folder,
        mib: Number(values.image),
        rounds,
        place: placeRepositories,
        async both(name, round, disk, resticArgs, ourArgs) {
          const of = name === 'backup' ? backup : restore
          await pair(of, round, [disk], resticArgs, ourArgs)
          return of.holdfast.at(-1) ?? { wall: Number.NaN, resident: 0 }
        },
        alone: runAlone,
      })),
    )
  }
  if (values.only.includes('sparse')) {
    const dataMib = Number(values.sparse)
    shares.push(await benchSparse({ folder, dataMib, rounds, place: placeRepositories, alone: runAlone }))
  }
  if (values.only.includes('lists')) {
    told.push(...(await benchLists({ folder, rounds, rows: Number(values.lists) })))
  }
  if (values.only.includes('cloud')) {
    told.push(...(await benchCloud({ folder, rounds, packs: Number(values.packs) })))
  }
  if (values.only.includes('door')) {
    told.push(...(await benchDoor({ folder, rounds, mib: Number(values.door) })))
  }
  if (values.only.includes('planning')) {
    told.push(...(await benchPlanning(Number(values.planned))))
  }
  if (values.only.includes('limiter')) {
    told.push(...(await benchLimiter({ seconds: Number(values.seconds), limits: [1, 10, 100, 1000] })))
  }
  if (values.only.includes('entries')) {
    told.push(...(await benchEntries({ folder, rounds, files: Number(values.entries) })))
  }
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true })
}

const version = execFileSync('restic', ['version'], { encoding: 'utf8' }).split(' ').slice(0, 2).join(' ')
process.stdout.write(
  `\n${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}, ${version}, medians of ${rounds}\n\n`,
)
process.stdout.write(
  '| work | ratio | must | Holdfast s | restic s | Holdfast MB | restic MB |\n|---|---|---|---|---|---|---|\n',
)
const missed: string[] = []
const figure = (runs: Run[], key: keyof Run, digits: number): string =>
  median(runs.map((run) => run[key])).toFixed(digits)
for (const { name, must, restic, holdfast: ours } of lines) {
  const ratio = median(restic.map(({ wall }, at) => wall / (ours[at]?.wall ?? Number.NaN)))
  if (ratio < must) missed.push(`${name}: ${ratio.toFixed(2)} ×, must be ${must} ×`)
  const most = Math.max(...ours.map(({ resident }) => resident))
  if (most > MOST_RESIDENT) missed.push(`${name}: ${most.toFixed(0)} MB resident, must be at most ${MOST_RESIDENT} MB`)
  process.stdout.write(
    `| ${name} | ${ratio.toFixed(2)} × | ${must === 0 ? '-' : `${must} ×`} | ${figure(ours, 'wall', 2)} | ${figure(restic, 'wall', 2)} | ${figure(ours, 'resident', 0)} | ${figure(restic, 'resident', 0)} |\n`,
  )
}
process.stdout.write('\n')
for (const { name, ratio } of sizes) {
  process.stdout.write(`${name}: stored ${ratio.toFixed(3)} × restic's size\n`)
  if (ratio > MOST_STORED) missed.push(`${name}: stored ${ratio.toFixed(3)} ×, must be at most ${MOST_STORED} ×`)
}
for (const { name, must, shares: all, runs } of shares) {
  const share = median(all)
  const most = Math.max(...runs.map(({ resident }) => resident))
  process.stdout.write(
    `${name}: ${(share * 100).toFixed(1)} % of the full's time (${figure([...runs], 'wall', 2)} s, ${most.toFixed(0)} MB)\n`,
  )
  if (must > 0 && share > must) missed.push(`${name}: ${(share * 100).toFixed(1)} %, must be ${must * 100} %`)
  if (most > MOST_RESIDENT) missed.push(`${name}: ${most.toFixed(0)} MB resident`)
}
for (const each of told) {
  process.stdout.write(`${toldFigure(each)}\n`)
  missed.push(...missOf(each))
}
for (const what of missed) process.stdout.write(`Missed: ${what}\n`)
if (!values['only-tell'] && missed.length > 0) process.exitCode = 1
