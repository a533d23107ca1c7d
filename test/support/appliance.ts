import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import {
  type ApplianceOptions,
  type Call,
  type Caller,
  openAppliance,
  openDataFolder,
  type OpenedAppliance,
  silentLog,
} from '../../core/appliance/index.ts'
import { type Clock, sleep, systemChance, systemClock } from '../../core/base/index.ts'
import { type BackupSet, type Policy, PolicySettings, type Run, type Vault } from '../../core/contract/index.ts'
import type { Executor } from '../../core/job/index.ts'

/** An appliance in a folder of its own, with its first administrator. */
export interface TestAppliance extends AsyncDisposable {
  readonly appliance: OpenedAppliance
  readonly folder: string
  /** As the administrator. */
  readonly call: Call
  as(caller: Partial<Caller>): Call
  /** Waits until a run has ended. */
  readonly ended: (id: string) => Promise<Run>
}

export interface TestApplianceOptions {
  readonly clock?: Clock
  readonly executor?: Executor
  readonly moment?: ApplianceOptions['moment']
  readonly readerThread?: ApplianceOptions['readerThread']
  readonly changesGathered?: number
}

/** Passwords cost what they cost: half a second for the first administrator. */
export const ADMIN_PASSWORD = 'correct horse battery'

export async function startAppliance(
  folder: string,
  { clock = systemClock, executor, moment, readerThread, changesGathered }: TestApplianceOptions = {},
): Promise<TestAppliance> {
  await mkdir(folder, { recursive: true })
  const data = await openDataFolder(join(folder, 'appliance'))
  const appliance = await openAppliance({
    folder: data,
    environment: {},
    programFolder: join(folder, 'program'),
    version: '0.0.0-test',
    log: silentLog(),
    clock,
    chance: systemChance,
    executor,
    moment,
    readerThread,
    changesGathered,
  })
  const anybody: Call = { caller: undefined, address: '127.0.0.1', setSession: () => undefined }
  let secret = ''
  if (appliance.setupToken !== undefined) {
    await appliance.operations.setup.begin(
      { token: appliance.setupToken, name: 'admin', password: ADMIN_PASSWORD },
      { ...anybody, setSession: (session) => (secret = session?.secret ?? '') },
    )
  } else {
    await appliance.operations.session.signIn(
      { name: 'admin', password: ADMIN_PASSWORD },
      { ...anybody, setSession: (session) => (secret = session?.secret ?? '') },
    )
  }
  const caller = await appliance.authenticate(secret, 'session', '127.0.0.1')
  if (!caller) throw new Error('the administrator is not signed in')
  const call: Call = { ...anybody, caller }
  let isClosed = false
  return {
    appliance,
    folder,
    call,
    as: (other) => ({ ...anybody, caller: { ...caller, ...other } }),
    async ended(id) {
      for (;;) {
        const run = await appliance.operations.runs.get({ id }, call)
        if (run.endedAt !== null && !run.canCancel) return run
        await sleep(20)
      }
    },
    async [Symbol.asyncDispose]() {
      if (isClosed) return
      isClosed = true
      await appliance.close()
      await data[Symbol.asyncDispose]()
    },
  }
}

/** Protects a folder, by hand alone, in a vault beside it. */
export async function protectFolder(
  { appliance, call, folder }: TestAppliance,
  root: string,
  { excludes = [], settings = BY_HAND }: { readonly excludes?: string[]; readonly settings?: PolicySettings } = {},
): Promise<{
  readonly vault: Pick<Vault, 'id' | 'name'>
  readonly set: Pick<BackupSet, 'id' | 'name' | 'protection'>
  readonly policy: Pick<Policy, 'id'>
}> {
  const { vaults, sources, policies, sets } = appliance.operations
  const vault = await vaults.create(
    { name: 'first', location: { kind: 'directory', path: join(folder, 'vault') } },
    call,
  )
  const source = await sources.create(
    { name: 'this computer', settings: { kind: 'file-server', host: 'nas-01' } },
    call,
  )
  const policy = await policies.create({ name: 'by hand', settings }, call)
  const content = { roots: [root], excludes, excludeCaches: true, excludeLargerThan: null, oneFileSystem: false }
  const set = await sets.create(
    { name: 'home', sourceId: source.id, vaultId: vault.id, policyId: policy.id, isEnabled: true, content },
    call,
  )
  return { vault, set, policy }
}

const BY_HAND = PolicySettings.parse({
  schedule: { timeZone: 'UTC', rules: [] },
  retention: { days: 30, weeks: 12, months: 12, years: 0 },
})
