import { systemChance, systemClock } from '../../core/base/index.ts'
import { createBlobSaver, openRepository, sha256 } from '../../core/repository/index.ts'
import { encodeSnapshot, goModeFromUnix, type Node, TreeWriter } from '../../core/snapshot/index.ts'
import { makeVault, openPlace } from '../../core/vault/index.ts'
import { sampleSnapshot } from './sample-snapshot.ts'

/** A vault with one recovery point that has very many files, of which there is nothing but their nodes. */
export interface LargeVault {
  readonly path: string
  readonly password: string
  readonly snapshotId: string
  /** How many files each of its two folders has. */
  readonly files: number
}

/** All of them directly in here. */
export const FLAT = '/flat'
/** A hundred a folder, a hundred folders a folder. */
export const DEEP = '/deep'

const PASSWORD = 'large'
const A_FOLDER = 100

/** The name of a file in `/flat`. They are in the order of their numbers. */
export const flatName = (number: number): string => `IMG_${String(number).padStart(7, '0')}.jpg`

/** Makes a vault of which one folder has so many files, and another one as many in folders of a hundred. */
export async function makeLargeVault(path: string, files: number): Promise<LargeVault> {
  await makeVault({ kind: 'directory', path }, PASSWORD, { clock: systemClock, chance: systemChance })
  const repository = await openRepository(openPlace({ kind: 'directory', path }).storage, Buffer.from(PASSWORD))
  const saver = createBlobSaver(repository, await repository.loadIndex({ purpose: 'refer' }), 'tree')
  const writer = new TreeWriter()
  const save = (): Promise<Buffer> => saver.save(writer.finish())

  for (let number = 0; number < files; number++) writer.add(file(flatName(number), number))
  const flat = await save()

  const tops: Buffer[] = []
  for (let from = 0; from < files; from += A_FOLDER ** 2) {
    const middles: Buffer[] = []
    for (let inside = from; inside < Math.min(files, from + A_FOLDER ** 2); inside += A_FOLDER) {
      for (let number = inside; number < Math.min(files, inside + A_FOLDER); number++)
        writer.add(file(`report-${String(number).padStart(7, '0')}.txt`, number))
      middles.push(await save())
    }
    for (const [at, subtree] of middles.entries()) writer.add(folder(`month-${String(at).padStart(2, '0')}`, subtree))
    tops.push(await save())
  }
  for (const [at, subtree] of tops.entries()) writer.add(folder(`client-${String(at).padStart(4, '0')}`, subtree))
  const deep = await save()

  writer.add(folder('deep', deep))
  writer.add(folder('flat', flat))
  const tree = (await save()).toString('hex')
  await saver.finish()
  const document = encodeSnapshot(sampleSnapshot({ tree, paths: [DEEP, FLAT], tags: [], excludes: [] }))
  const snapshotId = await repository.saveDocument('snapshot', document)
  return { path, password: PASSWORD, snapshotId, files }
}

/** 2026-02-03T04:05:06.123456789Z */
const MADE = 1_770_091_506_123_456_789n

function file(name: string, number: number): Node {
  return {
    name: Buffer.from(name),
    type: 'file',
    mode: goModeFromUnix(0o100_644),
    mtime: MADE + BigInt(number) * 1_000_000_007n,
    atime: MADE,
    ctime: MADE + BigInt(number) * 1_000_000_007n,
    uid: 1000,
    gid: 1000,
    user: 'anna',
    group: 'staff',
    inode: BigInt(100_000 + number),
    deviceId: 2049n,
    size: BigInt(1_000_000 + number * 7),
    links: 1n,
    // Ids do not become smaller: as in a folder that was backed up.
    content: sha256(Buffer.from(name)),
  }
}

function folder(name: string, subtree: Buffer): Node {
  return { ...file(name, 0), type: 'dir', mode: goModeFromUnix(0o040_755), size: 0n, content: null, subtree }
}
