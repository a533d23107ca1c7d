import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { Journal } from '../../../../core/cloud-cache/index.ts'
import type { Handle } from '../../../../core/storage/index.ts'
import { CONFIG, handle, temporaryFolder } from '../../../conformance/fixture.ts'
import { bringTo, journalIn, journalSaved } from '../../../support/cache-journal.ts'

const pack = handle('pack', 1)
const names = (files: Iterable<Handle>): string[] => [...files].map(({ kind, name }) => `${kind} ${name}`)
const twins = (folder: string): string[] => readdirSync(join(folder, 'tombstones')).toSorted()

function send(journal: Journal, each: Handle): void {
  journal.move(each, 'uploading')
  journal.finishUpload(each, true)
  journal.move(each, 'verified')
}

describe('the order of uploads', () => {
  const first = handle('pack', 'first')
  const index = handle('index', 1)
  const snapshot = handle('snapshot', 1)
  const later = handle('pack', 'later')
  it('is packs, then the indexes stored after them, then the snapshots', () => {
    const { journal } = journalIn(temporaryFolder())
    for (const each of [CONFIG, first, index, snapshot, later]) journalSaved(journal, each)
    expect(names(journal.files.nextUploads(10))).toEqual(names([CONFIG]))
    send(journal, CONFIG)
    expect(names(journal.files.nextUploads(10))).toEqual(names([first, later]))
    expect(names(journal.files.nextUploads(1))).toEqual(names([first]))
    journal.move(first, 'uploading')
    expect(names(journal.files.nextUploads(10))).toEqual(names([later]))
    journal.finishUpload(first, true)
    // That it was sent is not enough: somebody has to have seen it there.
    expect(names(journal.files.nextUploads(10))).toEqual(names([later]))
    journal.move(first, 'verified')
    // The later pack is none of theirs.
    expect(names(journal.files.nextUploads(10))).toEqual(names([index, later]))
    send(journal, index)
    expect(names(journal.files.nextUploads(10))).toEqual(names([snapshot, later]))
  })

  it('is of what completes a recovery point first, however many packs of later ones wait', () => {
    const { journal } = journalIn(temporaryFolder())
    for (const each of [first, index, snapshot]) journalSaved(journal, each)
    for (let number = 0; number < 9; number++) journalSaved(journal, handle('pack', `${number}`))
    send(journal, first)
    expect(names(journal.files.nextUploads(1))).toEqual(names([index]))
    send(journal, index)
    expect(names(journal.files.nextUploads(1))).toEqual(names([snapshot]))
  })

  it('lets nothing go up before what a prune has laid elsewhere, until the cloud has heard of that', () => {
    const { journal } = journalIn(temporaryFolder())
    for (const each of [first, index, snapshot, later, handle('index', 2)]) journalSaved(journal, each)
    for (const each of [index, first]) journal.removed(each)
    expect(names(journal.files.nextUploads(10))).toEqual(names([later]))
    send(journal, later)
    expect(names(journal.files.nextUploads(10))).toEqual(names([handle('index', 2)]))
    send(journal, handle('index', 2))
    expect(names(journal.files.nextUploads(10))).toEqual(names([snapshot]))
  })

  it('begins anew with what was being sent when it was killed', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, first)
    journal.move(first, 'uploading')
    expect(journal.files.nextUploads(10)).toEqual([])
    journal.abandonUploads()
    expect(names(journal.files.nextUploads(10))).toEqual(names([first]))
  })

  it('tries again what could not be sent', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, first)
    journal.move(first, 'uploading')
    expect(journal.finishUpload(first, false)).toBe(true)
    expect(names(journal.files.nextUploads(10))).toEqual(names([first]))
  })
})

describe('a tombstone', () => {
  it('takes the file out of the journal, and is there twice until the cloud has heard of it', () => {
    const folder = temporaryFolder()
    const { journal } = journalIn(folder)
    journalSaved(journal, pack)
    bringTo(journal, pack, 'verified')
    expect(journal.removed(pack)).toBe(true)
    expect(journal.removed(pack)).toBe(false)
    expect(journal.files.find(pack)).toBeUndefined()
    expect(names(journal.tombstones.next(10))).toEqual(names([pack]))
    expect(twins(folder)).toEqual([`pack-${pack.name}`])
    expect(journal.tombstones.begin(pack)).toBe(true)
    journal.tombstones.end(pack)
    expect([journal.tombstones.count(), twins(folder)]).toEqual([0, []])
  })

  it('is cancelled when its file is saved again', () => {
    const folder = temporaryFolder()
    const { journal } = journalIn(folder)
    journalSaved(journal, pack)
    journal.removed(pack)
    journalSaved(journal, pack)
    expect([journal.tombstones.count(), twins(folder)]).toEqual([0, []])
    expect(journal.tombstones.begin(pack)).toBe(false)
    expect(journal.files.find(pack)?.state).toBe('local')
  })

  it('keeps a file that is saved again from the cloud until a deletion that has begun is over', () => {
    const folder = temporaryFolder()
    const { journal } = journalIn(folder)
    journalSaved(journal, pack)
    bringTo(journal, pack, 'verified')
    journal.removed(pack)
    journal.tombstones.begin(pack)
    journalSaved(journal, pack)
    // A rebuilt journal would otherwise remove it.
    expect(twins(folder)).toEqual([])
    expect(journal.files.nextUploads(10)).toEqual([])
    // Killed meanwhile, somebody has to go on with it.
    expect(names(journal.tombstones.next(10))).toEqual(names([pack]))
    journal.tombstones.end(pack)
    expect(names(journal.files.nextUploads(10))).toEqual(names([pack]))
  })

  it('waits for an upload that goes on, which then counts for nothing', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    journal.move(pack, 'uploading')
    journal.removed(pack)
    expect(journal.tombstones.next(10)).toEqual([])
    expect(() => journal.tombstones.begin(pack)).toThrow(/being sent/)
    expect(journal.finishUpload(pack, true)).toBe(false)
    expect(names(journal.tombstones.next(10))).toEqual(names([pack]))
  })

  it('of an upload that nobody goes on with is owed', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    journal.move(pack, 'uploading')
    journal.removed(pack)
    journal.abandonUploads()
    expect(names(journal.tombstones.next(10))).toEqual(names([pack]))
  })

  it('of a file that is saved again while its first body is still sent is over with that', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    journal.move(pack, 'uploading')
    journal.removed(pack)
    journalSaved(journal, pack)
    expect(journal.files.nextUploads(10)).toEqual([])
    expect(journal.finishUpload(pack, true)).toBe(false)
    expect(journal.tombstones.count()).toBe(0)
    expect(names(journal.files.nextUploads(10))).toEqual(names([pack]))
  })

  it('waits until all that was stored before it is in the cloud, and goes from snapshots to packs', () => {
    const { journal } = journalIn(temporaryFolder())
    const old = { index: handle('index', 'old'), snapshot: handle('snapshot', 'old') }
    for (const each of [pack, old.index, old.snapshot]) {
      journalSaved(journal, each)
      bringTo(journal, each, 'verified')
    }
    const newIndex = handle('index', 'new')
    journalSaved(journal, newIndex)
    for (const each of [old.snapshot, old.index, pack]) journal.removed(each)
    expect(journal.tombstones.next(10)).toEqual([])
    bringTo(journal, newIndex, 'verified')
    journalSaved(journal, handle('pack', 'of a later backup'))
    for (const each of [old.snapshot, old.index, pack]) {
      expect(names(journal.tombstones.next(10))).toEqual(names([each]))
      journal.tombstones.begin(each)
      journal.tombstones.end(each)
    }
  })

  it('whose removal was broken off before it was journalled is swept', () => {
    const folder = temporaryFolder()
    const { journal } = journalIn(folder)
    journalSaved(journal, pack)
    journal.removed(handle('pack', 2))
    journalSaved(journal, handle('pack', 3))
    journal.removed(handle('pack', 3))
    writeFileSync(join(folder, 'tombstones', `pack-${pack.name}`), '')
    writeFileSync(join(folder, 'tombstones', 'foreign'), '')
    journal.tombstones.sweepTwins()
    expect(twins(folder)).toEqual(['foreign', `pack-${handle('pack', 3).name}`])
    expect(journal.files.find(pack)?.state).toBe('local')
  })
})
