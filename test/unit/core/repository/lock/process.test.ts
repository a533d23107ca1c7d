import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { expect, it, onTestFinished } from 'vitest'

import { isAlive } from '../../../../../core/repository/lock/process.ts'
import { until } from '../../../../support/until.ts'

it('a process that has ended is not alive, though its parent never asks how', async () => {
  // What the shell becomes knows nothing of the child, and waits for none.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const ended = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)))
  await until(() => /\) Z /.test(readFileSync(`/proc/${ended}/stat`, 'latin1')))
  expect(isAlive(ended)).toBe(false)
  expect(isAlive(parent.pid ?? 0)).toBe(true)
  expect(isAlive(process.pid)).toBe(true)
})
