import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { FILE_STATES, type FileState, openJournal } from '../../../../core/cloud-cache/index.ts'
import type { Handle } from '../../../../core/storage/index.ts'
import { CONFIG, handle, temporaryFolder } from '../../../conformance/fixture.ts'
import { bringTo, journalIn, journalSaved } from '../../../support/cache-journal.ts'

const pack = handle('pack', 1)
const names = (files: Iterable<Handle>): string[] => [...files].map(({ kind, name }) => `${kind} ${name}`)

describe('a file in the journal', () => {
  it('is local once it was saved, and found by kind and name', () => {
    const { journal, clock } = journalIn(temporaryFolder())
    journalSaved(journal, pack, 123)
    const now = clock.now()
    expect(journal.files.find(pack)).toMatchObject({
      ...pack,
      size: 123,
      state: 'local',
      storedAt: now,
      neededAt: now,
      isEvictable: false,
    })
    expect(journal.files.find({ ...pack, kind: 'index' })).toBeUndefined()
    expect(journal.files.find(handle('pack', 2))).toBeUndefined()
  })

  const ALLOWED = new Set([
    'local uploading',
    'uploading uploaded',
    'uploading local',
    'uploaded verified',
    'uploaded local',
    'verified evicted',
    'verified local',
    'evicted verified',
  ])
  const pairs = FILE_STATES.flatMap((from) => FILE_STATES.map((to) => ({ from, to })))
  it.each(pairs)(
    'goes from $from to $to only where that makes sense, and is evicted only once it was verified (CC-15)',
    ({ from, to }) => {
      const { journal } = journalIn(temporaryFolder())
      journalSaved(journal, pack)
      journal.files.markEvictable([pack.name])
      bringTo(journal, pack, from)
      const change = (): void => journal.move(pack, to)
      if (ALLOWED.has(`${from} ${to}`)) change()
      else expect(change).toThrow(expect.objectContaining({ code: 'internal/defect' }))
      expect(journal.files.find(pack)?.state).toBe(ALLOWED.has(`${from} ${to}`) ? to : from)
    },
  )

  it('is never evicted unless somebody has said that it is a data pack', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    bringTo(journal, pack, 'verified')
    expect(() => journal.move(pack, 'evicted')).toThrow(/data pack/)
    expect([...journal.files.evictionCandidates(new Set())]).toEqual([])
    journal.files.markEvictable([handle('pack', 'unknown').name, pack.name])
    expect(names(journal.files.evictionCandidates(new Set()))).toEqual(names([pack]))
    journal.move(pack, 'evicted')
  })

  it('does not become one by the name of a data pack', () => {
    const { journal } = journalIn(temporaryFolder())
    const index = { ...pack, kind: 'index' as const }
    journalSaved(journal, index)
    journal.files.markEvictable([pack.name])
    bringTo(journal, index, 'verified')
    expect(() => journal.move(index, 'evicted')).toThrow(/data pack/)
  })

  it.each(FILE_STATES)('that is saved again while it is %s keeps what is known of the cloud', (state) => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    bringTo(journal, pack, state)
    journalSaved(journal, pack)
    expect(journal.files.find(pack)?.state).toBe(state === 'evicted' ? 'verified' : state)
  })

  it.each(FILE_STATES)('that is saved with another body while it is %s has to be uploaded', (state) => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    bringTo(journal, pack, state)
    journal.saved(pack, { size: 10, sums: new Uint8Array(4).fill(1) })
    expect(journal.files.find(pack)?.state).toBe('local')
    if (state === 'uploading') expect(journal.finishUpload(pack, true)).toBe(false)
    expect(journal.files.find(pack)?.state).toBe('local')
  })

  it('cannot be moved where it is not, nor be a lock', () => {
    const { journal } = journalIn(temporaryFolder())
    expect(() => journal.move(pack, 'uploading')).toThrow(expect.objectContaining({ code: 'internal/defect' }))
    expect(() => journal.finishUpload(pack, true)).toThrow(expect.objectContaining({ code: 'internal/defect' }))
    expect(() => journalSaved(journal, handle('lock', 1))).toThrow(/locks are not journalled/)
  })

  it('is there again after its journal was opened anew, also where nobody had closed it', () => {
    const folder = temporaryFolder()
    const { journal } = journalIn(folder)
    expect(journal.isBuilt()).toBe(false)
    journal.setBuilt()
    journalSaved(journal, CONFIG)
    journalSaved(journal, pack)
    bringTo(journal, pack, 'uploaded')
    const { journal: other } = journalIn(folder)
    expect(other.isBuilt()).toBe(true)
    expect(other.files.find(pack)?.state).toBe('uploaded')
    expect(names(other.files.ofKind('config'))).toEqual(names([CONFIG]))
  })

  it('notes when it was last needed, to the hour', () => {
    const { journal, clock } = journalIn(temporaryFolder())
    journalSaved(journal, pack)
    const stored = clock.now()
    const touch = (): number | undefined => {
      const file = journal.files.find(pack)
      if (file) journal.files.touch(file, clock.now())
      return journal.files.find(pack)?.neededAt
    }
    clock.pass(59 * 60_000)
    expect(touch()).toBe(stored)
    clock.pass(60_000)
    expect(touch()).toBe(clock.now())
  })
})

describe('the journal of many files', () => {
  it('pages through a hundred thousand files by kind, by state and by need', () => {
    const { journal, clock } = journalIn(temporaryFolder())
    const count = 100_000
    const handles = Array.from({ length: count }, (_, number) => handle('pack', number))
    journal.transaction(() => {
      for (const each of handles) journalSaved(journal, each, 7)
    })
    expect(new Set(names(journal.files.ofKind('pack'))).size).toBe(count)
    expect(names(journal.files.inState('local'))).toEqual(names(handles))

    const verified = handles.slice(0, 20_000)
    journal.transaction(() => {
      for (const each of verified) bringTo(journal, each, 'verified')
      journal.files.markEvictable(verified.map(({ name }) => name))
    })
    clock.pass(24 * 60 * 60 * 1000)
    const lately = handles.slice(0, 3)
    for (const each of lately) {
      const file = journal.files.find(each)
      if (file) journal.files.touch(file, clock.now())
    }
    const [excluded] = handles.slice(500)
    const candidates = [...journal.files.evictionCandidates(new Set([excluded?.name ?? '']))]
    expect(candidates).toHaveLength(verified.length - 1)
    expect(names(candidates.slice(-3))).toEqual(names(lately))
    expect(candidates.some(({ name }) => name === excluded?.name)).toBe(false)

    const none = { files: 0, bytes: 0 }
    expect(journal.files.totals()).toEqual({
      local: { files: 80_000, bytes: 560_000 },
      uploading: none,
      uploaded: none,
      verified: { files: 20_000, bytes: 140_000 },
      evicted: none,
    })
  })

  it('lets files be changed while somebody goes through them', () => {
    const { journal } = journalIn(temporaryFolder())
    const handles = Array.from({ length: 1200 }, (_, number) => handle('pack', number))
    journal.transaction(() => {
      for (const each of handles) {
        journalSaved(journal, each)
        bringTo(journal, each, 'verified')
      }
      journal.files.markEvictable(handles.map(({ name }) => name))
    })
    const evicted: string[] = []
    journal.transaction(() => {
      for (const file of journal.files.evictionCandidates(new Set())) {
        journal.move(file, 'evicted')
        evicted.push(file.name)
      }
    })
    expect(evicted.toSorted()).toEqual(handles.map(({ name }) => name).toSorted())
  })
})

describe('a journal that cannot be used', () => {
  it('is not made in a folder that is not there', () => {
    const folder = temporaryFolder()
    const failure = { code: 'storage/unreachable', retryable: true }
    expect(() => openJournal(join(folder, 'gone'))).toThrow(expect.objectContaining(failure))
  })

  it('says that it is damaged', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'journal.sqlite'), 'no database at all, and long enough to be seen as one'.repeat(100))
    expect(() => openJournal(folder)).toThrow(expect.objectContaining({ code: 'storage/damaged' }))
  })

  it('says so where its tombstones cannot be written, and removes nothing', () => {
    const folder = temporaryFolder()
    const { journal } = journalIn(folder)
    journalSaved(journal, pack)
    rmSync(join(folder, 'tombstones'), { recursive: true, force: true })
    writeFileSync(join(folder, 'tombstones'), 'something else')
    expect(() => journal.removed(pack)).toThrow(expect.objectContaining({ code: 'storage/unreachable' }))
    expect(journal.files.find(pack)?.state).toBe('local')
  })
})

describe('what the journal says', () => {
  it('is of one file as a simple model of states says, whatever comes', () => {
    const step = fc.constantFrom('save', 'remove', 'upload', 'sent', 'failed', 'verify', 'evict', 'lose', 'reopen')
    const folder = temporaryFolder()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.nat(), (steps, seed) => {
        const subject = handle('pack', `${seed} ${steps.join(' ')}`)
        let journal = openJournal(folder)
        let state: FileState | undefined
        const moves: Record<string, readonly [FileState, FileState]> = {
          upload: ['local', 'uploading'],
          verify: ['uploaded', 'verified'],
          evict: ['verified', 'evicted'],
          lose: ['verified', 'local'],
        }
        for (const each of steps) {
          const [from, to] = moves[each] ?? []
          if (each === 'save') {
            journalSaved(journal, subject)
            journal.files.markEvictable([subject.name])
            state = state === 'evicted' ? 'verified' : (state ?? 'local')
          } else if (each === 'remove') {
            if (state === 'uploading') continue
            expect(journal.removed(subject)).toBe(state !== undefined)
            state = undefined
          } else if (each === 'sent' || each === 'failed') {
            if (state !== 'uploading') continue
            journal.finishUpload(subject, each === 'sent')
            state = each === 'sent' ? 'uploaded' : 'local'
          } else if (from && to && state === from) {
            journal.move(subject, to)
            state = to
          } else if (from && to) {
            expect(() => journal.move(subject, to)).toThrow(/impossible/)
          } else {
            journal.close()
            journal = openJournal(folder)
          }
          expect(journal.files.find(subject)?.state).toBe(state)
        }
        journal.close()
      }),
      { numRuns: 30 },
    )
  })
})
