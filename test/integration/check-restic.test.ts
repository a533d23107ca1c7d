import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { checkRepository, namesOf } from '../support/check-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { useSmallRepository, PASSWORD } from '../support/small-repository.ts'

const ROUNDS = Number(process.env['HOLDFAST_ROUNDS'] ?? 24)

/** Runs restic. Resolves to its exit code. */
function restic(repository: string, ...args: string[]): Promise<number> {
  const env = { ...process.env, RESTIC_PASSWORD: PASSWORD, TZ: 'UTC' }
  return new Promise((resolve) => {
    const command = execFile('restic', ['-r', repository, '--no-cache', '-q', ...args], { env }, () => {
      resolve(command.exitCode ?? -1)
    })
  })
}

/** What Holdfast finds: damage, or an error that keeps it from opening. */
async function findDamage(repository: string): Promise<string[]> {
  try {
    const opened = await openRepository(openDirectoryStorage(repository), PASSWORD)
    const { findings } = await checkRepository(opened)
    return namesOf(findings.filter(({ severity }) => severity === 'damage'))
  } catch (error) {
    if (error instanceof CoreError) return [error.code]
    throw error
  }
}

describeWith(['restic'], `a check beside restic's (HOLDFAST_SEED=${SEED})`, () => {
  const small = useSmallRepository()

  it('finds nothing where restic finds nothing', async () => {
    expect(await restic(small.location, 'check', '--read-data')).toBe(0)
    expect(await findDamage(small.location)).toEqual([])
  })

  it('finds something wherever restic does after a random bit flipped', async () => {
    const chance = seededChance(SEED)
    const missed: string[] = []
    let foundByRestic = 0
    for (let round = 0; round < ROUNDS; round++) {
      const repository = join(small.home, 'flipped')
      await cp(small.location, repository, { recursive: true })
      const file = pick(await filesIn(repository), chance.below)
      const body = await readFile(file)
      const bit = chance.below(body.length * 8)
      body.writeUInt8(body.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3)
      // Stored files may not be written to.
      await rm(file)
      await writeFile(file, body)
      const [code, found] = await Promise.all([
        restic(repository, 'check', '--read-data', '--no-lock'),
        findDamage(repository),
      ])
      if (code !== 0) foundByRestic++
      if (code !== 0 && found.length === 0) missed.push(`round ${round}: bit ${bit} of ${file}`)
      await rm(repository, { recursive: true })
    }
    expect(missed).toEqual([])
    expect(foundByRestic).toBeGreaterThan(ROUNDS / 2)
  })

  it.each(['1', '2'])('checks a repository that restic made in format %s', async (version) => {
    const repository = join(small.home, `restic-${version}`)
    const source = join(small.home, `source-${version}`)
    await mkdir(join(source, 'folder'), { recursive: true })
    await writeFile(join(source, 'folder/file'), seededChance(3).fill(Buffer.alloc(1_500_000)))
    await writeFile(join(source, 'text'), 'text '.repeat(10_000))
    expect(await restic(repository, 'init', '--repository-version', version)).toBe(0)
    expect(await restic(repository, 'backup', source)).toBe(0)
    expect(await findDamage(repository)).toEqual([])
    const pack = (await filesIn(join(repository, 'data'))).toSorted().at(-1) ?? expect.unreachable()
    const body = await readFile(pack)
    body.writeUInt8(body.readUInt8(100) ^ 1, 100)
    await rm(pack)
    await writeFile(pack, body)
    expect((await findDamage(repository)).join()).toMatch(/pack-damaged/)
  })
})

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** A small file as likely as a large one. */
function pick(files: readonly string[], below: (limit: number) => number): string {
  return files.toSorted()[below(files.length)] ?? expect.unreachable()
}
