import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import {
  evict,
  type FileState,
  type Journal,
  openCacheStorage,
  openJournal,
  rebuildJournal,
} from '../../../../core/cloud-cache/index.ts'
import { openMemoryStorage, type Storage } from '../../../../core/storage/index.ts'
import { CONFIG, isSame, listNames, temporaryFolder } from '../../../conformance/fixture.ts'
import { bringTo } from '../../../support/cache-journal.ts'
import { made, type Saved } from '../../../support/cache-tiers.ts'
import { KILLED, killAt } from '../../../support/killed-tier.ts'

const KINDS = ['pack', 'pack', 'index'] as const
const FILES: readonly Saved[] = KINDS.map((kind, number) => made(kind, Buffer.from(`body ${number}`)))

type Action =
  | 'save'
  | 'remove'
  | 'begin upload'
  | 'end upload'
  | 'fail upload'
  | 'verify'
  | 'evict'
  | 'lose local copy'
  | 'begin deletion'
  | 'end deletion'
  | 'reopen'
  | 'rebuild'

/** What makes sense where a file is in that state. Drawn from all actions alike, few of them would do anything. */
const SENSIBLE: Readonly<Record<FileState | 'absent' | 'owed' | 'deleting', readonly Action[]>> = {
  absent: ['save', 'save', 'remove', 'evict'],
  local: ['begin upload', 'begin upload', 'begin upload', 'remove', 'save', 'evict'],
  uploading: ['end upload', 'end upload', 'fail upload', 'remove', 'save', 'evict'],
  uploaded: ['verify', 'verify', 'remove', 'save', 'evict', 'lose local copy'],
  verified: ['evict', 'evict', 'remove', 'save', 'lose local copy'],
  evicted: ['save', 'remove', 'evict'],
  owed: ['begin deletion', 'begin deletion', 'save'],
  deleting: ['end deletion', 'save'],
}

interface Step {
  /** Which of the actions that make sense. */
  readonly draw: number
  readonly file: number
  /** Where the process is killed in the one change of the local tier that an action makes. */
  readonly kill: 'never' | 'begun' | 'done'
}

/** What has to be true of a file, as simply as it can be said. */
interface Believed {
  isThere: boolean
  /** Its body reached the local tier, and a kill kept the journal from hearing of it: a rebuild finds it. */
  isUnheard: boolean
  /** Somebody has seen its copy in the cloud since it was last saved anew. */
  isVerified: boolean
  isEvicted: boolean
}

class Scene {
  readonly #folder: string
  readonly #local = openMemoryStorage()
  readonly #cloud = openMemoryStorage()
  /** Sent, and not heard of since. */
  readonly #inFlight = new Set<Saved>()
  readonly #believed: readonly Believed[] = FILES.map(() => ({
    isThere: false,
    isUnheard: false,
    isVerified: false,
    isEvicted: false,
  }))
  #journal: Journal
  #cache: Storage
  #tier: Storage

  constructor(folder: string) {
    this.#folder = folder
    this.#journal = openJournal(folder)
    this.#tier = this.#local
    this.#cache = this.#open()
  }

  async begin(): Promise<void> {
    await this.#cache.prepare()
    await this.#cache.save(CONFIG, new Uint8Array(9))
    await this.#cloud.save(CONFIG, new Uint8Array(9))
    bringTo(this.#journal, CONFIG, 'verified')
  }

  async step({ draw, file, kill }: Step): Promise<void> {
    const subject = FILES[file]
    const believed = this.#believed[file]
    if (!subject || !believed) throw new Error('no such file')
    const { handle, body } = subject
    const state = this.#journal.files.find(handle)?.state
    const phase = this.#journal.tombstones.phaseOf(handle)
    const sensible = [
      ...SENSIBLE[state ?? 'absent'],
      ...(phase ? SENSIBLE[phase] : []),
      ...(this.#inFlight.has(subject) ? SENSIBLE.uploading : []),
      'reopen' as const,
      ...(draw % 3 === 0 ? ['rebuild' as const] : []),
    ]
    const action = sensible[draw % sensible.length]
    switch (action) {
      case 'save':
        if (await this.#killed(kill, () => this.#cache.save(handle, body))) {
          believed.isUnheard ||= kill === 'done' && !believed.isThere
        } else {
          Object.assign(believed, { isThere: true, isUnheard: false, isEvicted: false })
        }
        this.#journal.files.markEvictable([handle.name])
        break
      case 'remove':
        if (believed.isThere) await this.#killed(kill, () => this.#cache.remove(handle))
        else await expect(this.#cache.remove(handle)).rejects.toMatchObject({ code: 'storage/not-found' })
        Object.assign(believed, { isThere: false, isVerified: false, isEvicted: false })
        break
      case 'begin upload':
        if (!this.#journal.files.nextUploads(9).some(({ name }) => name === handle.name)) break
        this.#journal.move(handle, 'uploading')
        this.#inFlight.add(subject)
        break
      case 'end upload':
      case 'fail upload':
        if (!this.#inFlight.delete(subject)) break
        // A request that failed may have done its work all the same.
        await this.#cloud.save(handle, body)
        this.#journal.finishUpload(handle, action === 'end upload')
        break
      case 'verify':
        if (state !== 'uploaded') break
        await this.#cloud.stat(handle)
        this.#journal.move(handle, 'verified')
        believed.isVerified = true
        break
      case 'evict':
        if (believed.isVerified && !believed.isEvicted && handle.kind === 'pack') {
          await this.#killed(kill, () => evict({ journal: this.#journal, local: this.#tier }, handle))
          believed.isEvicted = true
        } else {
          const attempt = evict({ journal: this.#journal, local: this.#tier }, handle)
          await expect(attempt).rejects.toMatchObject({ code: 'internal/defect' })
        }
        break
      case 'lose local copy':
        if (
          (state === 'uploaded' || state === 'verified') &&
          (await listNames(this.#local, handle.kind)).includes(handle.name)
        )
          await this.#local.remove(handle)
        break
      case 'begin deletion':
        if (!this.#journal.tombstones.next(9).some(({ name }) => name === handle.name)) break
        this.#journal.tombstones.begin(handle)
        break
      case 'end deletion':
        if (phase !== 'deleting') break
        if ((await listNames(this.#cloud, handle.kind)).includes(handle.name)) await this.#cloud.remove(handle)
        this.#journal.tombstones.end(handle)
        break
      case 'reopen':
        await this.#reopen()
        break
      case 'rebuild':
        await this.#rebuild()
        break
      case undefined:
        throw new Error('nothing makes sense')
    }
  }

  async check(): Promise<void> {
    for (const [number, { handle, body }] of FILES.entries()) {
      const { isThere, isEvicted } = this.#believed[number] ?? { isThere: false, isEvicted: false }
      expect((await listNames(this.#cache, handle.kind)).includes(handle.name), `${number} is listed`).toBe(isThere)
      const isInCloud = (await listNames(this.#cloud, handle.kind)).includes(handle.name)
      if (isThere) {
        expect(isSame(await this.#cache.load(handle), body)).toBe(true)
        expect((await listNames(this.#local, handle.kind)).includes(handle.name), `${number} is local`).toBe(!isEvicted)
        if (isEvicted) expect(isInCloud).toBe(true)
      } else {
        await expect(this.#cache.load(handle)).rejects.toMatchObject({ code: 'storage/not-found' })
        if (isInCloud) expect(this.#journal.tombstones.phaseOf(handle), `${number} is owed`).toBeDefined()
      }
    }
  }

  close(): void {
    this.#journal.close()
  }

  #open(): Storage {
    return openCacheStorage({ local: this.#tier, cloud: this.#cloud, journal: this.#journal })
  }

  /** Has something done by a process that is killed, and goes on with the next one. Whether it was. */
  async #killed(kill: Step['kill'], work: () => Promise<void>): Promise<boolean> {
    if (kill === 'never') {
      await work()
      return false
    }
    const { storage, wasKilled } = killAt(this.#local, { changes: 0, last: kill })
    this.#tier = storage
    this.#cache = this.#open()
    try {
      await work()
    } catch (error) {
      expect(error).toBe(KILLED)
    }
    await this.#reopen()
    return wasKilled()
  }

  async #reopen(): Promise<void> {
    for (const { handle, body } of this.#inFlight) await this.#cloud.save(handle, body)
    this.#inFlight.clear()
    this.#journal.close()
    this.#journal = openJournal(this.#folder)
    this.#tier = this.#local
    this.#cache = this.#open()
    await this.#cache.prepare()
    this.#journal.abandonUploads()
  }

  async #rebuild(): Promise<void> {
    for (const [number, { handle }] of FILES.entries()) {
      const believed = this.#believed[number]
      if (!believed) continue
      const isOwed = this.#journal.tombstones.phaseOf(handle) !== undefined
      const isHere = (await listNames(this.#local, handle.kind)).includes(handle.name)
      if (believed.isUnheard && !isOwed) believed.isThere = true
      // What only the cloud has stays there, if it is a pack; all else is local, and what was brought down was verified by that.
      believed.isEvicted = believed.isThere && !isHere && handle.kind === 'pack'
      believed.isVerified = believed.isEvicted || (believed.isThere && !isHere)
      believed.isUnheard = false
    }
    await this.#reopen()
    this.#journal.close()
    for (const file of readdirSync(this.#folder)) if (file.startsWith('journal')) rmSync(join(this.#folder, file))
    this.#journal = openJournal(this.#folder)
    await rebuildJournal({ journal: this.#journal, local: this.#local, cloud: this.#cloud })
    this.#journal.files.markEvictable(FILES.map(({ handle }) => handle.name))
    await this.#reopen()
  }
}

it('lists what was saved and not removed, hands it out as it was, and owes the cloud the rest, whatever comes', async () => {
  const steps = fc.array(
    fc.record({
      draw: fc.nat(1000),
      file: fc.nat(FILES.length - 1),
      kill: fc.constantFrom('never', 'never', 'begun', 'done'),
    }),
    { minLength: 20, maxLength: 60, size: 'max' },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const folder = temporaryFolder()
      const scene = new Scene(folder)
      try {
        await scene.begin()
        for (const step of all) {
          await scene.step(step)
          await scene.check()
        }
      } finally {
        scene.close()
      }
    }),
    { numRuns: 100 },
  )
})
