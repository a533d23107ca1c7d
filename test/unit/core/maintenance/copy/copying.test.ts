import { beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { STATE } from '../../../../../core/maintenance/copy/copy-marks.ts'
import { type Copying, openCopying } from '../../../../../core/maintenance/copy/copying.ts'
import { type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { storeIndex, storePack } from '../../../../support/craft.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const GONE = 'ab'.repeat(32)

function stateOf({ inventory, marks }: Copying, id: Buffer): number | undefined {
  return marks[inventory.index.find('data', id)]
}

describe('what a copy knows before it looks at a snapshot', () => {
  let source: Repository
  let fresh: () => Repository
  beforeAll(async () => {
    const make = await makeRepositories()
    fresh = () => make()
  })
  beforeEach(() => {
    source = fresh()
  })

  const open = (): Promise<Copying> =>
    openCopying(source, fresh(), {
      onUnreadable: (_, error) => {
        throw error
      },
    })

  /** Lists blobs, so many times each, in a pack that is not there. */
  async function storeGone(times: number, ...ids: readonly string[]): Promise<void> {
    const blobs = ids.flatMap((id) =>
      Array.from({ length: times }, (_, at) => `{"id":"${id}","type":"data","offset":${at},"length":100}`),
    )
    await source.saveDocument('index', Buffer.from(`{"packs":[{"id":"${GONE}","blobs":[${blobs.join(',')}]}]}`))
  }

  it('is that blobs are lost whose only pack is gone, and others are not', async () => {
    const plain = Buffer.from('here and there')
    const lost = 'cd'.repeat(32)
    await storeGone(2, sha256(plain).toString('hex'), lost)
    await storeIndex(source, await storePack(source, [{ type: 'data', plain }]))
    const copying = await open()
    expect(stateOf(copying, sha256(plain))).toBe(0)
    expect(stateOf(copying, Buffer.from(lost, 'hex'))).toBe(STATE.lost)
  })

  it('may be that a blob is listed thousands of times in a pack that is gone', async () => {
    await storeGone(4000, 'cd'.repeat(32))
    expect(stateOf(await open(), Buffer.alloc(32, 0xcd))).toBe(STATE.lost)
  })
})
