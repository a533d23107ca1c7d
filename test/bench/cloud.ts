import { execFileSync } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { blockSums, openJournal } from '../../core/cloud-cache/index.ts'
import { type FileKind, openDirectoryStorage } from '../../core/storage/index.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { builtProcess } from './built-process.ts'
import type { Figure } from './figure.ts'
import { measure, type Run } from './measure.ts'

export interface CloudBench {
  readonly folder: string
  readonly rounds: number
  /** Packs of 16 MiB. */
  readonly packs: number
}

const PACK = 16 * 1024 * 1024
/** Per cent of rclone's time. */
const MOST_TIME = 100
/** MB. */
const MOST_RESIDENT = 256

/** What the store of `startCeph` holds, with room to spare: what is removed from it stays for hours. Bytes. */
const HELD = 3.5e9

/**
 * A sync of packs without any limit, against `rclone copy` of the same packs to the same store, each in its turn. Both as
 * processes that begin with nothing: starting them counts, and so do the sync's journal, its looking whether the local
 * copy is what was saved, and its looking whether each has arrived.
 */
export async function benchCloud({ folder, rounds, packs }: CloudBench): Promise<Figure[]> {
  if (3 * packs * PACK > HELD) throw new Error(`the store does not hold ${packs} packs three times`)
  const home = join(folder, 'cloud')
  mkdirSync(home)
  await makePacks(join(home, 'packs'), packs)
  const program = await builtProcess(join(import.meta.dirname, '../support/sync-process.ts'))
  const ours: number[] = []
  const theirs: number[] = []
  const resident: number[] = []
  for (let round = 0; round < rounds; round++) {
    await using ceph = await startCeph()
    // The first to come to a store that has just begun waits for it.
    await copyByRclone(ceph, home)
    const runs = [
      async () => {
        const run = await syncOnce(ceph, program, home, round)
        ours.push(run.wall)
        resident.push(run.resident)
      },
      async () => {
        theirs.push(await copyByRclone(ceph, home))
      },
    ]
    if (round % 2 === 1) runs.reverse()
    for (const run of runs) await run()
  }
  const megabytes = Math.round((packs * PACK) / 1e6)
  return [
    {
      name: `sync of ${megabytes} MB without a limit, of rclone's time (${theirs.map((wall) => wall.toFixed(1)).join(', ')} s)`,
      unit: '%',
      values: ours.map((wall, round) => (wall / (theirs[round] ?? Number.NaN)) * 100),
      most: MOST_TIME,
    },
    { name: `sync of ${megabytes} MB, resident`, unit: 'MB', values: resident, most: MOST_RESIDENT },
  ]
}

async function makePacks(path: string, packs: number): Promise<void> {
  const storage = openDirectoryStorage(path)
  await storage.prepare()
  for (let pack = 0; pack < packs; pack++) {
    const body = randomFillSync(new Uint8Array(PACK))
    await storage.save({ kind: 'pack', name: createHash('sha256').update(body).digest('hex') }, body)
  }
}

/** In a process of its own, as rclone is: its start counts. */
async function syncOnce(ceph: Ceph, program: string, home: string, round: number): Promise<Run> {
  const cache = join(home, `cache-${round}`)
  mkdirSync(cache)
  execFileSync('cp', ['-al', join(home, 'packs'), join(cache, 'files')])
  const local = openDirectoryStorage(join(cache, 'files'))
  const journal = openJournal(cache)
  const kind: FileKind = 'pack'
  for await (const { name, size } of local.list(kind))
    journal.saved({ kind, name }, { size, sums: blockSums(await local.load({ kind, name })) })
  journal.close()
  const location = await ceph.makeBucket()
  const { accessKeyId, secretAccessKey } = ceph.user
  const asked = JSON.stringify({ cache, location, credentials: { accessKeyId, secretAccessKey } })
  return measure(process.execPath, [program], { ...process.env, HOLDFAST_SYNC: asked })
}

async function copyByRclone(ceph: Ceph, home: string): Promise<number> {
  const { bucket } = await ceph.makeBucket()
  const { wall } = await measure('rclone', ['copy', join(home, 'packs/data'), `ceph:${bucket}/data`], {
    ...process.env,
    // Its S3 client gives up where one is named.
    AWS_CA_BUNDLE: '',
    RCLONE_CONFIG: join(home, 'rclone.conf'),
    RCLONE_CONFIG_CEPH_TYPE: 's3',
    RCLONE_CONFIG_CEPH_PROVIDER: 'Ceph',
    RCLONE_CONFIG_CEPH_ENDPOINT: ceph.endpoint,
    RCLONE_CONFIG_CEPH_ACCESS_KEY_ID: ceph.user.accessKeyId,
    RCLONE_CONFIG_CEPH_SECRET_ACCESS_KEY: ceph.user.secretAccessKey,
  })
  return wall
}
