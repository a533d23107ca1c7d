import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type FileState, type Journal, readPointPlaces, restorableFrom } from '../../../../../core/cloud-cache/index.ts'
import type { Handle } from '../../../../../core/storage/index.ts'
import { handle, temporaryFolder } from '../../../../conformance/fixture.ts'
import { bringTo, journalIn, journalSaved } from '../../../../support/cache-journal.ts'

const snapshot = handle('snapshot', 1)
const index = handle('index', 1)
const reach = (cache: boolean, cloud: boolean) => ({ cache, cloud })
const idOf = (journal: Journal, file: Handle): number => journal.files.find(file)?.id ?? -1

function needs(journal: Journal, packs: readonly Handle[], of = snapshot): void {
  journal.needs.save(
    of.name,
    packs.map(({ name }) => name),
    0,
  )
}

/** A point of two packs, an index and its snapshot, all in these states. */
function pointIn(
  journal: Journal,
  states: readonly [FileState, FileState, FileState, FileState],
): readonly [Handle, Handle] {
  const packs = [handle('pack', 1), handle('pack', 2)] as const
  for (const [at, file] of [...packs, index, snapshot].entries()) {
    journalSaved(journal, file, 100)
    const state = states[at] ?? 'local'
    if (state !== 'local') bringTo(journal, file, state)
  }
  needs(journal, packs)
  return packs
}

describe('where a recovery point is', () => {
  it('is unknown where nobody has looked at what it needs, or a prune has laid that elsewhere since', () => {
    const { journal } = journalIn(temporaryFolder())
    journalSaved(journal, snapshot)
    expect(readPointPlaces(journal).of(snapshot.name)).toBeUndefined()
    const pack = handle('pack', 1)
    journalSaved(journal, pack)
    needs(journal, [pack])
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({ from: 'cache' })
    journal.removed(pack)
    expect(readPointPlaces(journal).of(snapshot.name)).toBeUndefined()
  })

  it('is both where all is verified, and the cloud where one pack is evicted', () => {
    const { journal } = journalIn(temporaryFolder())
    const [pack] = pointIn(journal, ['verified', 'verified', 'verified', 'verified'])
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({ from: 'both', isOffSite: true, bytesAhead: 0 })
    journal.files.markEvictable([pack.name])
    journal.move(pack, 'evicted')
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({
      from: 'cloud',
      needs: { inCloudOnly: { packs: 1, bytes: 100 } },
    })
  })

  it('is not the cloud while the snapshot, an index before it or a pack is not verified there', () => {
    const { journal } = journalIn(temporaryFolder())
    pointIn(journal, ['verified', 'verified', 'verified', 'uploaded'])
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({
      from: 'cache',
      isOffSite: false,
      bytesAhead: 100,
    })
  })

  it.each([handle('pack', 2), index])('is not the cloud any more where that has lost the $kind', (lost) => {
    const { journal } = journalIn(temporaryFolder())
    pointIn(journal, ['verified', 'verified', 'verified', 'verified'])
    journal.move(lost, 'local')
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({
      from: 'cache',
      isOffSite: false,
      bytesAhead: 100,
    })
  })

  it('needs both where each tier has something alone (CC-13), and names what is lacking where one is away (CC-14)', () => {
    const { journal } = journalIn(temporaryFolder())
    const [evicted, local] = pointIn(journal, ['evicted', 'local', 'local', 'local'])
    const places = readPointPlaces(journal)
    expect(places.of(snapshot.name)).toMatchObject({
      from: 'mixed',
      needs: { inCloudOnly: { packs: 1, bytes: 100 }, inCacheOnly: { packs: 1, bytes: 100 }, bytes: 200 },
    })
    expect(places.lacking(snapshot.name, reach(true, true), 9)).toEqual([])
    expect(places.of(snapshot.name, reach(true, false))).toMatchObject({ from: 'neither' })
    expect(places.lacking(snapshot.name, reach(true, false), 9)).toEqual([evicted.name])
    expect(places.lacking(snapshot.name, reach(false, true), 9)).toEqual([local.name])
    expect(places.lacking(snapshot.name, reach(false, false), 9)).toEqual([evicted.name, local.name])
    expect(places.lacking(snapshot.name, reach(false, false), 1)).toEqual([evicted.name])
  })

  it('is nowhere where nobody has what it needs, and that is named', () => {
    const { journal } = journalIn(temporaryFolder())
    const [pack] = pointIn(journal, ['verified', 'verified', 'verified', 'verified'])
    const gone = handle('pack', 77)
    needs(journal, [pack, gone])
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({ from: 'neither', isOffSite: false })
    expect(readPointPlaces(journal).lacking(snapshot.name, { cache: true, cloud: true }, 9)).toEqual([gone.name])
  })

  it('is the cloud still while what a prune laid elsewhere is to be sent, as that has the old packs', () => {
    const { journal } = journalIn(temporaryFolder())
    const [old, kept] = pointIn(journal, ['verified', 'verified', 'verified', 'verified'])
    const made = handle('pack', 3)
    const newIndex = handle('index', 2)
    for (const file of [made, newIndex]) journalSaved(journal, file, 100)
    for (const file of [index, old]) journal.removed(file)
    needs(journal, [kept, made])
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({ from: 'both', isOffSite: true, bytesAhead: 0 })
    // It is deleted there only once the new ones are there; where the cloud then loses one of those, nothing stands for it.
    for (const file of [made, newIndex]) bringTo(journal, file, 'verified')
    for (const file of [index, old]) {
      journal.tombstones.begin(file)
      journal.tombstones.end(file)
    }
    journal.move(made, 'local')
    expect(readPointPlaces(journal).of(snapshot.name)).toMatchObject({
      from: 'cache',
      isOffSite: false,
      bytesAhead: 100,
    })
  })

  it('tells how much is sent before it, in the order of uploads', () => {
    const { journal } = journalIn(temporaryFolder())
    pointIn(journal, ['verified', 'local', 'local', 'local'])
    const later = [handle('pack', 8), handle('snapshot', 2)] as const
    for (const file of later) journalSaved(journal, file, 1000)
    needs(journal, [later[0]], later[1])
    const places = readPointPlaces(journal)
    expect(places.of(snapshot.name)?.bytesAhead).toBe(300)
    expect(places.of(later[1].name)?.bytesAhead).toBe(2300)
  })

  it('counts what would be lost with the cache once, however many points need it', () => {
    const { journal } = journalIn(temporaryFolder())
    const packs = pointIn(journal, ['verified', 'local', 'local', 'local'])
    const second = handle('snapshot', 2)
    journalSaved(journal, second)
    needs(journal, packs, second)
    expect(readPointPlaces(journal).onlyHere([snapshot.name, second.name])).toEqual({ packs: 1, bytes: 100 })
  })
})

it('says of any points and packs what a plain look at each of them says', () => {
  const states = fc.constantFrom<FileState>('local', 'uploading', 'uploaded', 'verified', 'evicted')
  const drawn = fc.record({
    packs: fc.array(fc.record({ state: states, size: fc.integer({ min: 1, max: 1_000_000 }) }), {
      minLength: 1,
      maxLength: 30,
    }),
    points: fc.array(
      fc.record({ needs: fc.array(fc.nat(40)), isSent: fc.boolean(), gaps: fc.constantFrom(0, 0, 0, 2) }),
      { minLength: 1, maxLength: 6 },
    ),
    reach: fc.record({ cache: fc.boolean(), cloud: fc.boolean() }),
  })
  fc.assert(
    fc.property(drawn, ({ packs, points, reach: reached }) => {
      const { journal } = journalIn(temporaryFolder())
      const files = packs.map(({ state, size }, number) => {
        const file = handle('pack', number)
        journalSaved(journal, file, size)
        if (state !== 'local') bringTo(journal, file, state)
        return { ...file, state, size }
      })
      const made = points.map(({ needs: wanted, isSent, gaps }, number) => {
        const file = handle('snapshot', number)
        journalSaved(journal, file, 5)
        if (isSent) bringTo(journal, file, 'verified')
        const names = [...new Set(wanted.map((at) => handle('pack', at).name))]
        journal.needs.save(file.name, names, gaps)
        return { file, isSent, gaps, names }
      })
      const places = readPointPlaces(journal)
      for (const { file, isSent, gaps, names } of made) {
        const needed = files.filter(({ name }) => names.includes(name))
        const missing = names.filter((name) => !files.some((each) => each.name === name))
        const hasGaps = gaps + missing.length > 0
        const isHere = needed.every(({ state }) => state !== 'evicted')
        const isThere = isSent && needed.every(({ state }) => state === 'verified' || state === 'evicted')
        const place = places.of(file.name, reached)
        expect(place?.from).toBe(
          restorableFrom({ isInCache: isHere, isOffSite: isThere && !hasGaps, hasGaps }, reached),
        )
        expect(place?.isOffSite).toBe(isThere && !hasGaps)
        expect(place?.needs.bytes).toBe(needed.reduce((sum, { size }) => sum + size, 0))
        const outOfReach = needed.filter(({ state }) => {
          const isHad =
            (state !== 'evicted' && reached.cache) || ((state === 'verified' || state === 'evicted') && reached.cloud)
          return !isHad
        })
        expect(places.lacking(file.name, reached, 99).toSorted()).toEqual(
          [...missing, ...outOfReach.map(({ name }) => name)].toSorted(),
        )
        const waits = (each: Handle): boolean =>
          !['verified', 'evicted'].includes(journal.files.find(each)?.state ?? '')
        const before = [...files, ...made.map((each) => Object.assign({ size: 5 }, each.file))].filter(
          (each) => waits(each) && idOf(journal, each) <= idOf(journal, file),
        )
        const ahead = before.reduce((sum, { size }) => sum + size, 0)
        expect(place?.bytesAhead).toBe(isThere && !hasGaps ? 0 : ahead)
      }
      journal.close()
    }),
    { numRuns: 60 },
  )
})
