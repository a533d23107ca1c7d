import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { S3Credentials, S3Location } from '../../../core/storage/index.ts'
import { freePort } from '../free-port.ts'
import { until } from '../until.ts'
import { cephConf } from './ceph-conf.ts'

const run = promisify(execFile)

export interface CephUser extends S3Credentials {
  readonly name: string
}

/** A real S3 store (Ceph's gateway over a store in memory), for as long as it is not disposed of. */
export interface Ceph extends AsyncDisposable {
  readonly endpoint: string
  readonly user: CephUser
  /** A new bucket of the user's. */
  makeBucket(): Promise<S3Location>
  addUser(name: string): Promise<CephUser>
  /** `radosgw-admin` with these arguments: its output. */
  admin(...args: string[]): Promise<string>
  /** `kill -9`. */
  killGateway(): Promise<void>
  startGateway(): Promise<void>
}

/** Starts it: some seconds. */
export async function startCeph(): Promise<Ceph> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ceph-'))
  const [monitor, gateway] = [await freePort(), await freePort()]
  const conf = join(folder, 'ceph.conf')
  const fsid = randomUUID()
  writeFileSync(conf, cephConf(folder, fsid, { monitor, gateway }))
  for (const name of ['mon', 'osd', 'mgr', 'rgw']) mkdirSync(join(folder, name))
  const children: ChildProcess[] = []
  const start = (program: string, ...args: string[]): ChildProcess => {
    const child = spawn(program, ['-c', conf, '-f', ...args], { stdio: 'ignore' })
    children.push(child)
    return child
  }

  await makeKeyring(join(folder, 'keyring'))
  await run('monmaptool', ['--create', '--addv', 'a', `[v2:127.0.0.1:${monitor}]`, '--fsid', fsid, `${folder}/monmap`])
  await run('ceph-mon', [
    '-c',
    conf,
    '--mkfs',
    '-i',
    'a',
    '--monmap',
    `${folder}/monmap`,
    '--keyring',
    `${folder}/keyring`,
  ])
  start('ceph-mon', '-i', 'a')
  const ceph = async (...args: string[]): Promise<void> => {
    await run('ceph', ['-c', conf, '--connect-timeout', '60', ...args])
  }
  const store = randomUUID()
  await ceph('osd', 'new', store)
  const rights = ['mon', 'allow profile osd', 'mgr', 'allow profile osd', 'osd', 'allow *']
  await ceph('auth', 'get-or-create', 'osd.0', ...rights, '-o', join(folder, 'osd/keyring'))
  await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', store])
  start('ceph-osd', '-i', '0')

  const endpoint = `http://127.0.0.1:${gateway}`
  let gatewayProcess: ChildProcess
  const startGateway = async (): Promise<void> => {
    gatewayProcess = start('radosgw', '-n', 'client.admin')
    await until(() => answers(endpoint))
  }
  await startGateway()
  const admin = async (...args: string[]): Promise<string> => (await run('radosgw-admin', ['-c', conf, ...args])).stdout
  const addUser = async (name: string): Promise<CephUser> => {
    const user = { name, accessKeyId: `AK${name}`, secretAccessKey: `SK${randomUUID()}` }
    const keys = ['--access-key', user.accessKeyId, '--secret-key', user.secretAccessKey]
    await admin('user', 'create', '--uid', name, '--display-name', name, ...keys)
    return user
  }
  const user = await addUser('holdfast')
  return {
    endpoint,
    user,
    admin,
    addUser,
    makeBucket: async () => {
      const bucket = `b${randomUUID()}`
      await createBucket(endpoint, user, bucket)
      return { endpoint, region: 'us-east-1', bucket, prefix: '' }
    },
    killGateway: () => ended(gatewayProcess),
    startGateway,
    [Symbol.asyncDispose]: async () => {
      for (const child of children.toReversed()) await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function makeKeyring(path: string): Promise<void> {
  const tool = (...args: string[]): Promise<unknown> => run('ceph-authtool', [path, ...args])
  await tool('--create-keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
  const all = ['mon', 'osd', 'mgr'].flatMap((who) => ['--cap', who, 'allow *'])
  await tool('--gen-key', '-n', 'client.admin', ...all)
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(endpoint)).ok
  } catch {
    return false
  }
}

async function createBucket(endpoint: string, credentials: S3Credentials, bucket: string): Promise<void> {
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
