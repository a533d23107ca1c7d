import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

import { freePort } from '../support/free-port.ts'
import { selfSigned } from '../support/trusted-certificate.ts'
import { until } from '../support/until.ts'
import { makeLargeFiles } from './data.ts'
import type { Figure } from './figure.ts'
import { highWaterMark, measure } from './measure.ts'

export interface DoorBench {
  readonly folder: string
  readonly rounds: number
  /** Of files, half of them incompressible. */
  readonly mib: number
}

/** Per cent of the time through `rclone serve restic`. */
const MOST_TIME = 100
/** MB. */
const MOST_RESIDENT = 512

type Certificate = Awaited<ReturnType<typeof selfSigned>>

interface Served {
  readonly child: ChildProcess
  readonly port: number
}

/** restic backs up and restores through the vault door and through `rclone serve restic`, each in its turn, both over TLS. */
export async function benchDoor({ folder, rounds, mib }: DoorBench): Promise<Figure[]> {
  const home = join(folder, 'door')
  const source = join(home, 'source')
  mkdirSync(home)
  makeLargeFiles(source, mib)
  using certificate = await selfSigned('127.0.0.1')
  const [ours, theirs] = [newTimes(), newTimes()]
  const resident: number[] = []
  for (let round = 0; round < rounds; round++) {
    const runs = [
      async () => {
        const place = join(home, `door-${round}`)
        const served = await serveDoor(place, certificate)
        await useOnce(served, { place, source, certificate, times: ours })
        resident.push(highWaterMark(served.child.pid ?? 0))
        await end(served)
        rmSync(place, { recursive: true })
      },
      async () => {
        const place = join(home, `rclone-${round}`)
        const served = await serveByRclone(place, certificate)
        await useOnce(served, { place, source, certificate, times: theirs })
        await end(served)
        rmSync(place, { recursive: true })
      },
    ]
    if (round % 2 === 1) runs.reverse()
    for (const run of runs) await run()
  }
  const compared = (what: 'backup' | 'restore', most: number | undefined): Figure => ({
    name: `${what} of ${mib} MiB through the door, of the time through rclone (${theirs[what].map((wall) => wall.toFixed(1)).join(', ')} s)`,
    unit: '%',
    values: ours[what].map((wall, round) => (wall / (theirs[what][round] ?? Number.NaN)) * 100),
    most,
  })
  return [
    compared('backup', MOST_TIME),
    compared('restore', undefined),
    { name: `the vault door, resident`, unit: 'MB', values: resident, most: MOST_RESIDENT },
  ]
}

interface Times {
  /** Seconds. */
  readonly backup: number[]
  readonly restore: number[]
}

function newTimes(): Times {
  return { backup: [], restore: [] }
}

const PASSWORD = 'of the bench'

/** Nobody pays for what was written before. */
const settled = (): Buffer => execFileSync('sync')

async function useOnce(
  { port }: Served,
  given: { place: string; source: string; certificate: Certificate; times: Times },
): Promise<void> {
  const { place, source, certificate, times } = given
  const [repository, password] = [join(place, 'repository'), join(place, 'password')]
  writeFileSync(repository, `rest:https://bench:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/`, { mode: 0o600 })
  writeFileSync(password, 'bench', { mode: 0o600 })
  const env = {
    ...process.env,
    RESTIC_REPOSITORY_FILE: repository,
    RESTIC_PASSWORD_FILE: password,
    RESTIC_CACHE_DIR: join(place, 'cache'),
  }
  const restic = async (...args: string[]): Promise<number> =>
    (await measure('restic', ['--quiet', '--cacert', certificate.certificate, ...args], env)).wall
  await restic('init')
  settled()
  times.backup.push(await restic('backup', source))
  settled()
  times.restore.push(await restic('restore', 'latest', '--target', join(place, 'restored')))
}

async function serveDoor(place: string, { certificate: cert, key }: Certificate): Promise<Served> {
  mkdirSync(place)
  const [vault, receipts] = [join(place, 'vault'), join(place, 'receipts.sqlite')]
  const asked = JSON.stringify({ vault, receipts, password: PASSWORD, cert, key })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'door-process.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HOLDFAST_DOOR: asked },
  })
  const [told] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, port: Number(String(told)) }
}

async function serveByRclone(place: string, { certificate, key }: Certificate): Promise<Served> {
  mkdirSync(join(place, 'vault'), { recursive: true })
  const port = await freePort()
  const args = ['serve', 'restic', join(place, 'vault'), '--addr', `127.0.0.1:${port}`]
  const child = spawn('rclone', [...args, '--cert', certificate, '--key', key], {
    stdio: 'ignore',
    env: { ...process.env, RCLONE_CONFIG: join(place, 'rclone.conf'), RCLONE_USER: 'bench', RCLONE_PASS: PASSWORD },
  })
  await until(() => answers(port))
  return { child, port }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (is: boolean): void => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => tell(true))
    socket.once('error', () => tell(false))
  })
}

async function end({ child }: Served): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}
