import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import type { Done, Task, ToWorker } from '../messages.ts'

/** What the main thread sent to this worker, read without ever returning to the event loop. */
export interface Mailbox {
  /** Takes the next task. Undefined where there is none yet. */
  nextTask(): Task | undefined
  /** Takes the answer to work that was shared. Undefined while it is not there. */
  answer(token: number): Done | undefined
  /** Takes a pack that was asked for. Undefined while it is not there; `null` where it could not be read. */
  pack(number: number): SharedArrayBuffer | null | undefined
  /** Whether the main thread has no more work for anybody. */
  isFinished(): boolean
}

export function createMailbox(port: MessagePort): Mailbox {
  const tasks: Task[] = []
  const answers = new Map<number, Done>()
  const packs = new Map<number, SharedArrayBuffer | null>()
  let finished = false

  function empty(): void {
    for (;;) {
      const received = receiveMessageOnPort(port)
      if (!received) return
      const message = received.message as ToWorker
      switch (message.type) {
        case 'task':
          tasks.push(message.task)
          break
        case 'done':
          answers.set(message.done.token, message.done)
          break
        case 'pack':
          packs.set(message.pack, message.bytes ?? null)
          break
        case 'finish':
          finished = true
          break
      }
    }
  }

  return {
    nextTask() {
      empty()
      return tasks.shift()
    },
    answer(token) {
      empty()
      return take(answers, token)
    },
    pack(number) {
      empty()
      return take(packs, number)
    },
    isFinished() {
      empty()
      return finished
    },
  }
}

function take<K, V>(map: Map<K, V>, key: K): V | undefined {
  const value = map.get(key)
  map.delete(key)
  return value
}
