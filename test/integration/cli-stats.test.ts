import { afterAll, beforeAll, expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

const MODES = ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data']

describeWith(['restic'], 'holdfast repo stats, beside restic', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  async function compare(...args: string[]): Promise<void> {
    const { code, stdout } = await odd.holdfast('stats', '--json', ...args)
    expect(code).toBe(0)
    const mine = jsonLines(stdout)
    expect(mine).toHaveLength(1)
    const theirs = odd.resticJson('stats', ...args) as Record<string, number>
    expect(theirs['total_size']).toBeGreaterThan(0)
    // restic 0.14 says 0 for what a mode does not count.
    const counted = Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== 0))
    expect(mine[0]).toMatchObject(counted)
  }

  it.each(MODES)('counts %s of all snapshots, of one, and of those of a host', async (mode) => {
    await compare('--mode', mode)
    await compare('--mode', mode, 'latest')
    await compare('--mode', mode, '--host', 'ada')
  })

  it('shows a short table', async () => {
    const { stdout } = await odd.holdfast('stats', '--mode', 'raw-data')
    expect(stdout).toMatch(/^Counted by raw-data:$/m)
    expect(stdout).toMatch(/^ +Snapshots: 3$/m)
    expect(stdout).toMatch(/^ +Compressed by: \d+\.\d\d, where it is; that saves \d+\.\d % of all$/m)
  })

  it('refuses a mode that there is not, and names those that there are', async () => {
    const { code, stderr } = await odd.holdfast('stats', '--mode', 'everything')
    expect(code).toBe(1)
    expect(stderr).toContain('everything')
    expect(stderr).toContain('files-by-contents')
  })
})
