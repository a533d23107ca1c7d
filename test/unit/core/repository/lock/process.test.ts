import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { expect, it, onTestFinished } from 'vitest'

import { isAlive } from '../../../../../core/repository/lock/process.ts'

it('a process that has ended is not alive, though its parent never asks how', async () => {
  // What the shell becomes knows nothing of the child, and waits for none.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const ended = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)))
  await expect.poll(() => readFileSync(`/proc/${ended}/stat`, 'latin1'), { timeout: 10_000 }).toMatch(/\) Z /)
  expect(isAlive(ended)).toBe(false)
  expect(isAlive(parent.pid ?? 0)).toBe(true)
  expect(isAlive(process.pid)).toBe(true)
})
