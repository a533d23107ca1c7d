import { MessageChannel } from 'node:worker_threads'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Task, ToWorker } from '../../../../../core/archiver/messages.ts'
import { createMailbox, type Mailbox } from '../../../../../core/archiver/worker/mailbox.ts'

const taskOf = (token: number): Task => ({ type: 'folder', token, nodes: [], of: undefined })

describe('the mailbox of a worker', () => {
  let channel: MessageChannel
  let mailbox: Mailbox
  const send = (...messages: readonly ToWorker[]): void => {
    for (const message of messages) channel.port1.postMessage(message)
  }
  beforeEach(() => {
    channel = new MessageChannel()
    mailbox = createMailbox(channel.port2)
  })
  afterEach(() => {
    channel.port1.close()
  })

  it('is empty at first', () => {
    expect(mailbox.nextTask()).toBeUndefined()
    expect(mailbox.answer(1)).toBeUndefined()
    expect(mailbox.pack(1)).toBeUndefined()
    expect(mailbox.isFinished()).toBe(false)
  })

  it('gives tasks in the order in which they came, without the event loop', () => {
    send({ type: 'task', task: taskOf(1) }, { type: 'task', task: taskOf(2) })
    expect(mailbox.nextTask()?.token).toBe(1)
    send({ type: 'task', task: taskOf(3) })
    expect([mailbox.nextTask()?.token, mailbox.nextTask()?.token]).toEqual([2, 3])
    expect(mailbox.nextTask()).toBeUndefined()
  })

  it('gives each answer once, to whoever asks for it, whatever came before', () => {
    send(
      { type: 'done', done: { token: -1025, result: Uint8Array.of(1) } },
      { type: 'task', task: taskOf(1) },
      { type: 'done', done: { token: -2049, result: Uint8Array.of(2) } },
    )
    expect(mailbox.answer(-2049)?.result).toEqual(Uint8Array.of(2))
    expect(mailbox.answer(-2049)).toBeUndefined()
    expect(mailbox.answer(-1025)?.result).toEqual(Uint8Array.of(1))
    expect(mailbox.nextTask()?.token).toBe(1)
  })

  it('tells a pack that could not be read from one that is not there yet', () => {
    const bytes = new SharedArrayBuffer(3)
    send({ type: 'pack', pack: 7, bytes: undefined }, { type: 'pack', pack: 8, bytes })
    expect(mailbox.pack(7)).toBeNull()
    expect(mailbox.pack(7)).toBeUndefined()
    expect(mailbox.pack(8)?.byteLength).toBe(3)
    expect(mailbox.pack(9)).toBeUndefined()
  })

  it('stays finished once it is, and still gives what came before', () => {
    send({ type: 'task', task: taskOf(1) }, { type: 'finish' })
    expect([mailbox.isFinished(), mailbox.isFinished()]).toEqual([true, true])
    expect(mailbox.nextTask()?.token).toBe(1)
  })
})
