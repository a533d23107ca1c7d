import { hash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { type BlobIndex, sha256 } from '../../core/repository/index.ts'
import { type CareScene, locksIn, makeCareScene } from '../support/care-scene.ts'
import { storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { type Ended, runHoldfast } from '../support/holdfast.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { flipBlob } from '../support/mixed-pack.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { readableBlobs } from '../support/readable-blobs.ts'
import { type KilledRun, type Moment, runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'

/** The hash of a file of which nothing is left. */
const NOTHING = hash('sha256', '')

describeWith(['restic'], `repairs that are killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  function run(folder: string, ...command: readonly string[]): Promise<Ended> {
    return runHoldfast(['repo', ...command, '-r', folder], { env: scene.env })
  }

  function repair(folder: string, moment: Moment | undefined, ...command: readonly string[]): Promise<KilledRun> {
    return runAndKill(['repair', ...command, '-r', folder], scene.env, folder, moment)
  }

  async function expectAllThere(folder: string): Promise<void> {
    expect([...(await scene.contentsOf(folder))]).toEqual(expect.arrayContaining([...scene.contents]))
  }

  /** Every tenth time to the last byte. */
  function expectNoErrors(folder: string, number: number): void {
    scene.restic(folder, 'check', ...(number % 10 === 0 ? ['--read-data'] : []))
  }

  it.each([[[]], [['--read-all-packs']]])(`of the index, by %j`, async (options) => {
    const chance = seededChance(`${SEED} index ${options.length}`)
    await killUntilMet(Math.ceil(KILLS / 4), chance, async (moment, number) => {
      const folder = scene.fresh()
      const [damaged, gone] = readdirSync(join(folder, 'index'))
      writeFileSync(join(folder, 'index', String(damaged)), 'damaged')
      rmSync(join(folder, 'index', String(gone)))
      const killed = await repair(folder, moment, 'index', ...options)
      if (!killed.killed) expect(killed).toMatchObject({ code: 0, stderr: '' })

      expect(await run(folder, 'repair', 'index', ...options)).toMatchObject({ code: 0, stderr: '' })
      expect(locksIn(folder)).toEqual([])
      await expectAllThere(folder)
      expectNoErrors(folder, number)
      return killed
    })
  })

  /** Damages to packs that take nothing away: a header says what the index says too, and of the blob there is a copy. */
  const HARMLESS = [
    {
      title: 'with a damaged header',
      damage: (folder: string): void => {
        const packs = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
          .filter((name) => /[0-9a-f]{64}$/.test(name))
          .map((name) => ({ path: join(folder, 'data', name), bytes: readFileSync(join(folder, 'data', name)) }))
        const [largest] = packs.toSorted((a, b) => b.bytes.length - a.bytes.length)
        if (!largest) return
        const at = largest.bytes.length - 30
        largest.bytes[at] = (largest.bytes[at] ?? 0) ^ 1
        writeFileSync(largest.path, largest.bytes)
      },
      lost: 0,
    },
    {
      title: 'with one damaged copy of two',
      damage: async (folder: string, which: number): Promise<void> => {
        const repository = await scene.open(folder)
        const { index, entry } = await someBlob(folder, which)
        // Of this one only: all else in the damaged pack is nowhere else.
        const plain = await repository.loadBlob(index, 'data', index.idOf(entry))
        await storeIndex(repository, await storePack(repository, [{ type: 'data', plain }]))
        flipBlob({ path: folder }, index, entry)
      },
      lost: 1,
    },
  ]

  it.each(HARMLESS)('of a pack $title: nothing is lost at any time', async ({ title, damage, lost }) => {
    const chance = seededChance(`${SEED} ${title}`)
    await killUntilMet(Math.ceil(KILLS / 5), chance, async (moment, number) => {
      const folder = scene.fresh()
      await damage(folder, chance.below(1000))
      const killed = await repair(folder, moment, 'packs')
      if (!killed.killed) expect(killed).toMatchObject(told(lost))
      await expectAllThere(folder)

      const again = await run(folder, 'repair', 'packs')
      expect([told(0), told(lost)]).toContainEqual({ code: again.code, stderr: again.stderr })
      expect(locksIn(folder)).toEqual([])
      await expectAllThere(folder)
      // The damaged pack waits, and nothing needs it.
      if (number % 4 === 0) expect(await run(folder, 'prune')).toMatchObject({ code: 0, stderr: '' })
      expectNoErrors(folder, number)
      return killed
    })
  })

  it('of a pack with a blob that is lost: it is named, and all else is saved', async () => {
    const chance = seededChance(`${SEED} lost`)
    await killUntilMet(Math.ceil(KILLS / 5), chance, async (moment, number) => {
      const folder = scene.fresh()
      const lost = await damageSome(folder, chance.below(1000))
      const readable = await readableBlobs(await scene.open(folder))
      expect(readable).not.toContain(`data ${lost}`)
      const killed = await repair(folder, moment, 'packs')
      if (!killed.killed) expect(killed).toMatchObject(told(1))
      expect(await readableBlobs(await scene.open(folder))).toEqual(readable)

      const again = await run(folder, 'repair', 'packs')
      expect([told(0), told(1)]).toContainEqual({ code: again.code, stderr: again.stderr })
      expect(locksIn(folder)).toEqual([])
      expect(await readableBlobs(await scene.open(folder))).toEqual(readable)
      // What seems lost is not given up while a pack that a killed run left may hold it.
      await run(folder, 'repair', 'index')
      const given = await run(folder, 'repair', 'snapshots', '--forget')
      expect(given).toMatchObject({ code: 3, stderr: expect.stringMatching(/\/f\d: /) as string })
      const left = new Set((await scene.filesOf(folder)).map(({ files }) => listing(files)))
      expect(left).toEqual(new Set(scene.files.map(({ files }) => listing(files, lost))))
      expectNoErrors(folder, number)
      return killed
    })
  })

  it('of snapshots: they stay until others have taken their place', async () => {
    await killUntilMet(Math.ceil(KILLS * 0.3), seededChance(`${SEED} snapshots`), async (moment, number) => {
      const folder = scene.fresh()
      const lossy = await storeLossy(folder, scene)
      const killed = await repair(folder, moment, 'snapshots', '--forget')
      if (!killed.killed) expect(killed).toMatchObject({ code: 3, stderr: expect.stringContaining('/f: ') as string })
      await expectOneOrOther(false)

      // What a killed run had stored is in no index yet.
      expect(await run(folder, 'repair', 'index')).toMatchObject({ code: 0, stderr: '' })
      expect(await run(folder, 'repair', 'snapshots', '--forget')).toMatchObject({
        stderr: expect.any(String) as string,
      })
      expect(locksIn(folder)).toEqual([])
      await expectOneOrOther(true)
      expectNoErrors(folder, number)
      return killed

      /** The one with a loss is there, or what takes its place; and all others as they were. */
      async function expectOneOrOther(isMended: boolean): Promise<void> {
        const stored = readdirSync(join(folder, 'snapshots')).filter((name) => !name.includes('-tmp-'))
        expect(stored).toEqual(expect.arrayContaining([...scene.snapshots]))
        if (!isMended && stored.includes(lossy)) return
        expect(stored).not.toContain(lossy)
        await expectAllThere(folder)
        const others = (await scene.filesOf(folder)).filter(({ id }) => !scene.contents.has(id))
        expect(others.map(({ original }) => original)).toContain(lossy)
        for (const { files } of others) expect(listing(files)).toBe(`/f ${NOTHING}`)
      }
    })
  })

  /** Flips a bit in a blob of a file. Returns its id, which is the hash of the file as well. */
  async function damageSome(folder: string, which: number): Promise<string> {
    const { index, entry } = await someBlob(folder, which)
    flipBlob({ path: folder }, index, entry)
    return index.idOf(entry).toString('hex')
  }

  /** A blob of a file by a number, however large that is. */
  async function someBlob(
    folder: string,
    which: number,
  ): Promise<{ readonly index: BlobIndex; readonly entry: number }> {
    const index = await (await scene.open(folder)).loadIndex({ purpose: 'read' })
    const all = Array.from({ length: index.count }, (_, entry) => entry)
    const data = all.filter((entry) => index.locate(entry).type === 'data')
    return { index, entry: data[which % data.length] ?? 0 }
  }
})

/** How a repair of packs ends and what it says where so many blobs cannot be read. */
function told(lost: number): { readonly code: number; readonly stderr: string } {
  return lost === 0
    ? { code: 0, stderr: '' }
    : { code: 3, stderr: expect.stringContaining(`, ${lost} cannot be read (`) as string }
}

/** Files and their hashes; of one that is lost nothing is left. */
function listing(files: ReadonlyMap<string, string>, lost?: string): string {
  return [...files].map(([path, content]) => `${path} ${content === lost ? NOTHING : content}`).join()
}

/** Adds a snapshot with a file of which nobody has the content. Returns its id. */
async function storeLossy(folder: string, scene: CareScene): Promise<string> {
  const repository = await scene.open(folder)
  const times = '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z"'
  const tree = Buffer.from(
    `{"nodes":[{"name":"f","type":"file",${times},"uid":0,"gid":0,"size":5,"content":["${'ab'.repeat(32)}"]}]}\n`,
  )
  await storeIndex(repository, await storePack(repository, [{ type: 'tree', plain: tree }]))
  return storeSnapshot(repository, sha256(tree).toString('hex'))
}
