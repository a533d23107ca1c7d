import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { beforeAll, expect, it } from 'vitest'

import { readPackHeader, sha256 } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { checkBesideRestic, resticCode } from '../support/check-beside-restic.ts'
import { storeIndex } from '../support/craft.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { useSmallRepository, PASSWORD } from '../support/small-repository.ts'

const FLIPS = Number(process.env['HOLDFAST_ROUNDS'] ?? 12)
/** How often each other harm is done. */
const ROUNDS = Math.ceil(FLIPS / 8)

/** What Holdfast takes for damage where restic finds nothing wrong, and why. */
const ONLY_OURS = {
  'key-damaged':
    'restic tries every key file and asks no more of one than that it opens; we tell while another one does',
  'lock-unreadable': 'restic minds it only when it locks, and then does nothing; here it checks without',
} as const

/** A copy of a repository, to be harmed. */
interface Victim {
  readonly path: string
  /** Draws a whole number below a limit. */
  readonly below: (limit: number) => number
  /** A file of one of these folders, or of any; a small one as likely as a large one. */
  draw(...folders: readonly string[]): Promise<string>
  /** Two different files of a folder. */
  drawTwo(folder: string): Promise<readonly [string, string]>
}

interface Harm {
  readonly title: string
  /** Whether restic finds it, or how often where that hangs on what was drawn. */
  readonly restic: 'finds' | 'passes' | 'mostly' | 'sometimes'
  /** What we find of it in any case. */
  readonly ours?: keyof typeof ONLY_OURS
  /** How often it is done, to other files. */
  readonly rounds?: number
  /** Does it. Resolves to what was done, for a message. */
  readonly harm: (victim: Victim) => Promise<string>
}

/** Stored files may not be written to. */
async function replace(file: string, body: Uint8Array): Promise<string> {
  await rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, body)
  return file
}

async function removeOne(victim: Victim, folder: string): Promise<string> {
  const file = await victim.draw(folder)
  await rm(file)
  return file
}

async function exchange([a, b]: readonly [string, string]): Promise<string> {
  const [bodyA, bodyB] = [await readFile(a), await readFile(b)]
  await replace(a, bodyB)
  await replace(b, bodyA)
  return `${a} with ${b}`
}

function bytes({ below }: Victim, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(256)))
}

/** Stores a file of these bytes in a folder, under their hash, or else under another name. */
async function add({ path, below }: Victim, folder: string, body: Buffer, isNamed: boolean): Promise<string> {
  const name = sha256(isNamed ? body : Buffer.of(below(256), below(256))).toString('hex')
  return replace(join(path, folder, folder === 'data' ? name.slice(0, 2) : '', name), body)
}

const HARMS: readonly Harm[] = [
  {
    title: 'one bit of a file is flipped',
    restic: 'mostly',
    rounds: FLIPS,
    async harm(victim) {
      const file = await victim.draw()
      const body = await readFile(file)
      const bit = victim.below(body.length * 8)
      body.writeUInt8(body.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3)
      return `bit ${bit} of ${await replace(file, body)}`
    },
  },
  {
    title: 'a file is cut off',
    restic: 'finds',
    async harm(victim) {
      const file = await victim.draw()
      const body = await readFile(file)
      const end = 1 + victim.below(body.length - 1)
      return `${await replace(file, body.subarray(0, end))} at ${end}`
    },
  },
  {
    title: 'a file has grown',
    restic: 'mostly',
    async harm(victim) {
      const file = await victim.draw()
      const more = bytes(victim, 1 + victim.below(100))
      return `${await replace(file, Buffer.concat([await readFile(file), more]))} by ${more.length}`
    },
  },
  {
    title: 'a file is empty',
    restic: 'finds',
    harm: async (victim) => replace(await victim.draw(), Buffer.alloc(0)),
  },
  {
    title: 'a file is of zeros',
    restic: 'finds',
    async harm(victim) {
      const file = await victim.draw()
      return replace(file, Buffer.alloc((await readFile(file)).length))
    },
  },
  { title: 'a pack is gone', restic: 'finds', harm: (victim) => removeOne(victim, 'data') },
  { title: 'an index file is gone', restic: 'finds', harm: (victim) => removeOne(victim, 'index') },
  {
    title: 'a whole folder is empty',
    restic: 'finds',
    async harm(victim) {
      const folder = ['data', 'index', 'keys'][victim.below(3)] ?? ''
      for (const file of await filesIn(join(victim.path, folder))) await rm(file)
      return folder
    },
  },
  {
    title: 'two packs have changed names',
    restic: 'finds',
    harm: async (victim) => exchange(await victim.drawTwo('data')),
  },
  {
    title: 'two index files have changed names',
    restic: 'finds',
    harm: async (victim) => exchange(await victim.drawTwo('index')),
  },
  {
    title: 'two snapshots have changed names',
    restic: 'finds',
    harm: async (victim) => exchange(await victim.drawTwo('snapshots')),
  },
  {
    title: 'a file holds one of another kind',
    restic: 'finds',
    async harm(victim) {
      const kinds = ['data', 'index', 'snapshots', 'keys']
      const [from] = kinds.splice(victim.below(kinds.length), 1)
      return exchange([await victim.draw(from ?? ''), await victim.draw(...kinds)])
    },
  },
  {
    title: 'a copy got a name that is not its own',
    restic: 'finds',
    async harm(victim) {
      const file = await victim.draw('index', 'snapshots')
      return add(victim, basename(dirname(file)), await readFile(file), false)
    },
  },
  {
    title: 'a document is of bytes nobody sealed',
    restic: 'finds',
    harm: async (victim) => add(victim, ['index', 'snapshots'][victim.below(2)] ?? '', bytes(victim, 500), true),
  },
  {
    title: 'a damaged pack is in no index',
    restic: 'passes',
    async harm(victim) {
      const other = await readFile(await victim.draw('data'))
      return victim.below(2) === 0 ? add(victim, 'data', bytes(victim, 500), true) : add(victim, 'data', other, false)
    },
  },
  {
    title: 'a foreign file lies in a folder',
    restic: 'passes',
    async harm(victim) {
      const folder = dirname(await victim.draw('data', 'index', 'snapshots', 'keys'))
      const name = ['.DS_Store', 'Thumbs.db', 'lost+found', 'abcdef'][victim.below(4)] ?? ''
      return replace(join(victim.below(2) === 0 ? folder : victim.path, name), bytes(victim, victim.below(50)))
    },
  },
  {
    title: 'a key that opens nothing is there, too',
    restic: 'sometimes',
    ours: 'key-damaged',
    async harm(victim) {
      const key = await readFile(await victim.draw('keys'))
      const changed = [key.subarray(0, victim.below(key.length)), Buffer.concat([key, Buffer.from(' ')])]
      return add(victim, 'keys', changed[victim.below(2)] ?? key, false)
    },
  },
  {
    title: 'a lock is of bytes nobody sealed',
    restic: 'passes',
    ours: 'lock-unreadable',
    harm: async (victim) => add(victim, 'locks', bytes(victim, victim.below(200)), victim.below(2) === 0),
  },
]

describeWith(['restic'], `a check beside restic's (HOLDFAST_SEED=${SEED})`, () => {
  const small = useSmallRepository()
  beforeAll(() => cheapenKey(small.location, PASSWORD))

  async function makeVictim(below: Victim['below']): Promise<Victim> {
    const path = join(small.home, 'victim')
    await cp(small.location, path, { recursive: true })
    async function draw(...folders: readonly string[]): Promise<string> {
      const files = await Promise.all(
        (folders.length > 0 ? folders : ['']).map((folder) => filesIn(join(path, folder))),
      )
      const all = files.flat().toSorted()
      return all[below(all.length)] ?? expect.unreachable()
    }
    return {
      path,
      below,
      draw,
      async drawTwo(folder) {
        const all = (await filesIn(join(path, folder))).toSorted()
        const [a = expect.unreachable()] = all.splice(below(all.length), 1)
        return [a, all[below(all.length)] ?? expect.unreachable()]
      },
    }
  }

  it('finds nothing where restic finds nothing', async () => {
    expect(await checkBesideRestic(small.location, PASSWORD)).toMatchObject({ restic: 0, damage: [], hints: [] })
  })

  it.each(HARMS)(
    'finds something wherever restic does after $title',
    async ({ title, restic, ours, rounds = ROUNDS, harm }) => {
      const { below } = seededChance(`${SEED} ${title}`)
      const wrongs: string[] = []
      let foundByRestic = 0
      for (let round = 0; round < rounds; round++) {
        const victim = await makeVictim(below)
        const done = await harm(victim)
        const both = await checkBesideRestic(victim.path, PASSWORD)
        await rm(victim.path, { recursive: true })
        if (both.restic !== 0) foundByRestic++
        const missed = ours ? !both.damage.includes(ours) : both.restic !== 0 && both.damage.length === 0
        const more = both.restic === 0 ? both.damage.filter((kind) => !(kind in ONLY_OURS)) : []
        if (missed) wrongs.push(`round ${round}: we do not find ${done}`)
        if (more.length > 0) wrongs.push(`round ${round}: only we find ${more.join()} in ${done}`)
      }
      expect(wrongs).toEqual([])
      if (restic === 'mostly') expect(foundByRestic).toBeGreaterThan(rounds / 2)
      else if (restic !== 'sometimes') expect(foundByRestic).toBe(restic === 'finds' ? rounds : 0)
    },
  )

  it('takes a pack that two index files list for no damage, as restic does', async () => {
    const victim = await makeVictim(seededChance(SEED).below)
    const repository = small.repository.over(openDirectoryStorage(victim.path))
    const pack = await victim.draw('data')
    await storeIndex(repository, {
      name: basename(pack),
      entries: readPackHeader(await readFile(pack), repository.sealer),
    })
    expect(await checkBesideRestic(victim.path, PASSWORD)).toMatchObject({
      restic: 0,
      damage: [],
      hints: ['pack-repeated'],
    })
    await rm(victim.path, { recursive: true })
  })

  it.each(['1', '2'])('checks a repository that restic made in format %s', async (version) => {
    const repository = join(small.home, `restic-${version}`)
    const source = join(small.home, `source-${version}`)
    await mkdir(join(source, 'folder'), { recursive: true })
    await writeFile(join(source, 'folder/file'), seededChance(3).fill(Buffer.alloc(1_500_000)))
    await writeFile(join(source, 'text'), 'text '.repeat(10_000))
    expect(await resticCode(PASSWORD, '-r', repository, 'init', '--repository-version', version)).toBe(0)
    await cheapenKey(repository, PASSWORD)
    expect(await resticCode(PASSWORD, '-r', repository, 'backup', source)).toBe(0)
    expect(await checkBesideRestic(repository, PASSWORD)).toMatchObject({ restic: 0, damage: [], hints: [] })
    const pack = (await filesIn(join(repository, 'data'))).toSorted().at(-1) ?? expect.unreachable()
    const body = await readFile(pack)
    body.writeUInt8(body.readUInt8(100) ^ 1, 100)
    await replace(pack, body)
    const both = await checkBesideRestic(repository, PASSWORD)
    expect(both.restic).toBe(1)
    expect(both.damage).toContain('pack-damaged')
  })
})

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
