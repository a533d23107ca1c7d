import { Worker } from 'node:worker_threads'

import { describe, expect, it } from 'vitest'

import { createIdlers } from '../../../../core/archiver/idlers.ts'
import type { ClaimJob, ClaimReport } from './claiming-thread.ts'

const idlersOf = (workers: number) => createIdlers(new Int32Array(new SharedArrayBuffer(workers * 4)))

describe('idle workers', () => {
  it('are nobody at first', () => {
    const idlers = idlersOf(3)
    expect(idlers.isAnyIdle(-1)).toBe(false)
    expect(idlers.claim()).toBe(-1)
  })

  it('are claimed once each, and never by themselves', () => {
    const idlers = idlersOf(3)
    idlers.enter(1)
    expect(idlers.isAnyIdle(0)).toBe(true)
    expect(idlers.isAnyIdle(1)).toBe(false)
    expect(idlers.claim(1)).toBe(-1)
    expect(idlers.claim(0)).toBe(1)
    expect(idlers.claim(0)).toBe(-1)
    expect(idlers.isAnyIdle(0)).toBe(false)
    idlers.enter(1)
    expect(idlers.claim()).toBe(1)
  })

  it('leave by themselves unless somebody has claimed them', () => {
    const idlers = idlersOf(2)
    idlers.enter(0)
    expect(idlers.leave(0)).toBe(true)
    expect(idlers.claim()).toBe(-1)
    idlers.enter(0)
    expect(idlers.claim(1)).toBe(0)
    expect(idlers.leave(0)).toBe(false)
  })

  it('are claimed by one thread at a time, of several that claim at once', async () => {
    const words = new SharedArrayBuffer(4)
    const counts = new SharedArrayBuffer(8)
    createIdlers(new Int32Array(words)).enter(0)
    const threads = 3
    const workerData: ClaimJob = { words, counts, threads, attempts: 300_000 }
    const claims = Array.from({ length: threads }, () => {
      const worker = new Worker(new URL('claiming-thread.ts', import.meta.url), { workerData })
      return new Promise<ClaimReport>((resolve, reject) => worker.once('message', resolve).once('error', reject))
    })
    const reports = await Promise.all(claims)
    expect(reports.reduce((sum, { claims: own }) => sum + own, 0)).toBeGreaterThan(0)
    expect(reports.map(({ clashes }) => clashes)).toEqual([0, 0, 0])
  })
})
