import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { backUp, type BackupResult } from '../../archiver/index.ts'
import { formatBytes, formatCount, formatDuration, formatInstant, systemChance, systemClock } from '../../base/index.ts'
import {
  availableWorkers,
  drawPolynomial,
  formatPolynomial,
  guardStorage,
  initRepository,
  lockRepository,
  ownIdentity,
  type Repository,
} from '../../repository/index.ts'
import { restore } from '../../restorer/index.ts'
import { createFileServerSource } from '../../source/index.ts'
import { openDirectoryStorage } from '../../storage/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput, type Output } from '../output.ts'
import { VERSION } from '../version.ts'
import { compareFolders } from './compare-folders.ts'
import { checkWithRestic } from './restic.ts'

const MIB = 1024 * 1024
/** What is changed between the two backups; ignored by git, and removed at the end. */
const NOTE = join('out', 'demo-note.txt')

/** Protects the checkout that this runs in, changes a file, protects it again, restores it, and proves it identical. */
export async function runDemo({ clean = false }: { readonly clean?: boolean }): Promise<ExitCode> {
  const output = createOutput({ json: false, quiet: false })
  using interruption = listenForInterruption()
  // From source this is core/cli/demo, bundled it is out/node/chunks: three levels below the checkout, both.
  const checkout = resolve(import.meta.dirname, '../../..')
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'))
  const [vault, restored, passwordFile] = [join(folder, 'vault'), join(folder, 'restored'), join(folder, 'password')]
  const password = systemChance.fill(Buffer.alloc(18)).toString('base64')
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  output.say(`Holdfast ${VERSION} protects this checkout: ${checkout}`)
  output.say('')
  try {
    const storage = openDirectoryStorage(vault)
    const { hostname, username } = ownIdentity()
    const repository = await initRepository(storage, {
      password,
      owner: { hostname, username, created: formatInstant(systemClock.now()) },
      chunkerPolynomial: formatPolynomial(drawPolynomial(systemChance)),
    })
    const lock = await lockRepository(repository, { exclusive: false })
    const signal = AbortSignal.any([interruption.signal, lock.signal])
    try {
      const guarded = repository.over(guardStorage(storage, lock))
      await writeFile(join(checkout, NOTE), 'As it was at first.\n')
      describe(output, 'First backup', await backUpFolder(guarded, checkout, signal))
      await writeFile(join(checkout, NOTE), `Changed at ${formatInstant(systemClock.now())}\n`)
      const second = await backUpFolder(guarded, checkout, signal)
      describe(output, 'One file changed, second backup', second)
      const since = systemClock.monotonic()
      const result = await restoreTree(guarded, second.tree, restored, signal)
      const seconds = (systemClock.monotonic() - since) / 1000
      output.say(
        `${'Restored'.padEnd(34)} ${formatCount(result.filesTotal)} files, ${formatBytes(result.bytesTotal)}, ${rate(result.bytesTotal, seconds)}`,
      )
    } finally {
      await lock.release()
    }
    return await prove(output, checkout, { vault, restored, passwordFile })
  } finally {
    await rm(join(checkout, NOTE), { force: true })
    const isRemoved = clean || interruption.signal.aborted
    if (isRemoved) await rm(folder, { recursive: true, force: true })
    output.say(isRemoved ? 'Both were removed again.' : `To remove both: rm -r ${folder}`)
  }
}

interface Places {
  readonly vault: string
  readonly restored: string
  readonly passwordFile: string
}

async function prove(output: Output, checkout: string, { vault, restored, passwordFile }: Places): Promise<ExitCode> {
  const compared = await compareFolders(checkout, join(restored, checkout))
  const proved = compared.differences.length === 0
  const verdict = proved ? 'identical, byte for byte' : `${formatCount(compared.differences.length)} differ`
  output.say(`${'Compared with the original'.padEnd(34)} ${formatCount(compared.entries)} entries: ${verdict}`)
  for (const path of compared.differences.slice(0, 10)) output.warn(`  differs: ${path}`)
  const restic = await checkWithRestic(vault, passwordFile)
  output.say(`${'Stock restic: check --read-data'.padEnd(34)} ${restic.verdict}`)
  output.say('')
  output.say(`Vault    ${vault}   (open it with: restic -r ${vault} --password-file ${passwordFile} snapshots)`)
  output.say(`Restored ${restored}`)
  return proved && restic.ok ? EXIT.done : EXIT.failed
}

async function backUpFolder(repository: Repository, folder: string, signal: AbortSignal): Promise<BackupResult> {
  const { hostname, username, uid, gid } = ownIdentity()
  return backUp(repository, repository.loadIndex({ purpose: 'refer' }), {
    source: createFileServerSource({ kind: 'file-server', roots: [Buffer.from(folder)], selection: {} }),
    identity: { hostname, username, uid, gid, tags: ['demo'], programVersion: `holdfast ${VERSION}` },
    excludes: [],
    parent: 'newest',
    detection: { ctime: true, inode: true },
    missed: 'retry-at-end',
    estimate: false,
    dryRun: false,
    workers: availableWorkers(),
    signal,
  })
}

function restoreTree(
  repository: Repository,
  tree: Buffer,
  target: string,
  signal: AbortSignal,
): Promise<{ filesTotal: number; bytesTotal: number }> {
  return repository.loadIndex({ purpose: 'read' }).then((index) =>
    restore(repository, index, {
      tree,
      target: Buffer.from(target),
      selection: {},
      overwrite: 'always',
      sparse: false,
      verify: false,
      dryRun: false,
      workers: availableWorkers(),
      signal,
      onProblem: ({ path, reason }) => process.stderr.write(`${path.toString()}: ${reason}\n`),
    }),
  )
}

function describe(
  output: Output,
  title: string,
  { figures, bytesStored, duration, snapshot, missed }: BackupResult,
): void {
  const files = figures.filesNew + figures.filesChanged + figures.filesUnmodified
  output.say(
    `${title.padEnd(34)} ${formatCount(files)} files, ${formatBytes(figures.bytesProcessed)}, ` +
      `${formatCount(figures.filesNew + figures.filesChanged)} of them read, ${formatBytes(bytesStored)} stored, ` +
      `${rate(figures.bytesProcessed, duration / 1000)}; snapshot ${snapshot?.slice(0, 8) ?? '-'}${missed.length > 0 ? `, ${missed.length} missed` : ''}`,
  )
}

function rate(bytes: number, seconds: number): string {
  return `${(bytes / MIB / Math.max(0.001, seconds)).toFixed(0)} MiB/s in ${formatDuration(seconds * 1000)}`
}
