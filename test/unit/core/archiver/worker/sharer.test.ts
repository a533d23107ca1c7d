import { beforeEach, describe, expect, it } from 'vitest'

import { createIdlers, type Idlers } from '../../../../../core/archiver/idlers.ts'
import type { Done, FromWorker } from '../../../../../core/archiver/messages.ts'
import type { Mailbox } from '../../../../../core/archiver/worker/mailbox.ts'
import { createSharer, type Sharer } from '../../../../../core/archiver/worker/sharer.ts'
import { PipelineStopped } from '../../../../../core/repository/index.ts'
import { createBell } from '../../../../../core/repository/pipeline/bell.ts'
import type { OpenFolder } from '../../../../../core/source/index.ts'

const ADDRESS = { path: Buffer.from('/folder'), readFrom: Buffer.from('/shadow'), descriptor: 7 }
const FOLDER = { open: { address: () => ADDRESS } as unknown as OpenFolder, rootDevice: 1n }
const WORKERS = 3

const bell = () => createBell(new Int32Array(new SharedArrayBuffer(64)))

describe('sharing of work', () => {
  let idlers: Idlers
  let posted: FromWorker[]
  let answers: Map<number, Done>
  /** Called when a worker has nothing to do but wait. False: there was nothing to help with. */
  let help: () => boolean

  function sharerOf(worker: number, ownBell = bell()): Sharer {
    const mailbox: Mailbox = {
      nextTask: () => undefined,
      answer: (token) => answers.get(token),
      pack: () => undefined,
      isFinished: () => false,
    }
    return createSharer(
      worker,
      idlers,
      mailbox,
      ownBell,
      (message) => posted.push(message),
      () => help(),
    )
  }

  beforeEach(() => {
    idlers = createIdlers(new Int32Array(new SharedArrayBuffer(WORKERS * 4)))
    posted = []
    answers = new Map()
    help = () => false
  })

  it('gives nothing away while all are busy, or only the worker itself is idle', () => {
    const sharer = sharerOf(1)
    idlers.enter(1)
    expect(sharer.someoneIsIdle()).toBe(false)
    expect(sharer.share(FOLDER, ['a'], undefined)).toBeUndefined()
    expect(posted).toEqual([])
  })

  it('sends entries to one idle worker, names of any bytes among them', () => {
    const sharer = sharerOf(0)
    idlers.enter(2)
    expect(sharer.someoneIsIdle()).toBe(true)
    const parent = { id: Buffer.alloc(32, 7), plain: undefined }
    const token = sharer.share(FOLDER, ['a', 'caf\xe9', 'z z'], parent)
    expect(posted).toEqual([
      {
        type: 'share',
        to: 2,
        task: {
          type: 'entries',
          token,
          folder: { address: ADDRESS, rootDevice: 1n },
          names: Buffer.from('a\0caf\xe9\0z z\0', 'latin1'),
          parent,
        },
      },
    ])
    // That one is busy from now on.
    expect(sharer.share(FOLDER, ['b'], undefined)).toBeUndefined()
  })

  it('names each piece of work by a negative token that no other piece of any worker has', () => {
    const tokens: number[] = []
    for (const worker of [0, 1, 2]) {
      const sharer = sharerOf(worker)
      for (let piece = 0; piece < 1000; piece++) {
        idlers.enter((worker + 1) % WORKERS)
        tokens.push(sharer.share(FOLDER, ['a'], undefined) ?? 0)
      }
    }
    expect(new Set(tokens).size).toBe(3000)
    expect(Math.max(...tokens)).toBeLessThan(0)
  })

  it('helps others as long as the answer is not there', () => {
    let helped = 0
    help = () => {
      helped++
      if (helped === 3) answers.set(-5, { token: -5, result: Uint8Array.of(1, 2) })
      return true
    }
    expect(sharerOf(0).await(-5)).toEqual(Uint8Array.of(1, 2))
    expect(helped).toBe(3)
  })

  it('waits no longer when the run was stopped', () => {
    const stopping = bell()
    help = () => {
      stopping.stop()
      return true
    }
    expect(() => sharerOf(0, stopping).await(-5)).toThrow(PipelineStopped)
  })
})
