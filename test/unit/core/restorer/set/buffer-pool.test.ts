import { expect, it } from 'vitest'

import { createBufferPool } from '../../../../../core/restorer/set/buffer-pool.ts'

it('a pool makes so many buffers, has others wait, and gives the same out again', async () => {
  const pool = createBufferPool(2, 100)
  const first = await pool.take()
  const second = await pool.take()
  expect(first).not.toBe(second)
  expect(first.byteLength).toBe(100)
  const order: string[] = []
  const third = pool.take().then((buffer) => {
    order.push('third')
    return buffer
  })
  const fourth = pool.take().then((buffer) => {
    order.push('fourth')
    return buffer
  })
  await Promise.resolve()
  expect(order).toEqual([])
  pool.giveBack(second)
  expect(await third).toBe(second)
  pool.giveBack(first)
  expect(await fourth).toBe(first)
  expect(order).toEqual(['third', 'fourth'])
})

it('a pool makes none before it is asked', async () => {
  const pool = createBufferPool(2, 100)
  const first = await pool.take()
  pool.giveBack(first)
  expect(await pool.take()).toBe(first)
})
