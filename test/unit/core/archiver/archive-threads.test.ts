import { afterEach, describe, expect, it } from 'vitest'

import { type ArchiveThreads, startArchiveThreads } from '../../../../core/archiver/index.ts'
import { parallelScrypt } from '../../../../core/repository/crypto/parallel-scrypt.ts'

describe('archive threads that wait for a run', () => {
  let threads: ArchiveThreads | undefined
  afterEach(() => threads?.end())

  it('derive keys as RFC 7914 has it, again and again', async () => {
    threads = startArchiveThreads(2)
    for (let round = 0; round < 3; round++) {
      const parameters = { N: 1024, r: 8, p: 16, salt: Buffer.from('NaCl') }
      const key = await parallelScrypt('password', 64, parameters, threads.laneMixer)
      expect(key.toString('hex')).toMatch(/^fdbabe1c9d3472007856e7190d01e9fe/)
    }
  })

  it('say so where they cannot, so that Node does it', async () => {
    threads = startArchiveThreads(2)
    // A table of 2^40 blocks is in no memory.
    const parameters = { N: 2 ** 40, r: 8, p: 2, salt: Buffer.from('NaCl') }
    await expect(parallelScrypt('password', 64, parameters, threads.laneMixer)).rejects.toThrow('could not take part')
  })
})
