import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { type Ended, jsonLines, runHoldfast } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

interface ResticKey {
  readonly id: string
  readonly current: boolean
  readonly userName: string
  readonly hostName: string
}

describeWith(['restic'], 'holdfast repo key, beside restic', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  function password(text: string): string {
    const path = odd.file(`password of ${text}`)
    writeFileSync(path, `${text}\n`)
    return path
  }

  const by = (text: string, ...args: string[]): Promise<Ended> =>
    runHoldfast(['repo', 'key', ...args], { env: { ...odd.env, RESTIC_PASSWORD: text } })

  const stored = (): string[] => readdirSync(join(odd.path, 'keys')).toSorted()

  it('lists, adds, changes and removes keys that restic opens the repository by', async () => {
    const listed = await odd.holdfast('key', 'list', '--json')
    const [only] = odd.resticJson('key', 'list') as ResticKey[]
    const [mine, summary] = jsonLines(listed.stdout)
    expect(mine).toMatchObject({ current: true, userName: only?.userName, hostName: only?.hostName, readable: true })
    expect(String(mine?.['id'])).toMatch(new RegExp(`^${only?.id ?? 'none'}`))
    expect(summary).toEqual({ message_type: 'summary', total_keys: 1, unreadable_keys: 0 })

    const add = ['key', 'add', '--json', '--new-password-file', password('second'), '--user', 'ada', '--host', 'desk']
    const [added] = jsonLines((await odd.holdfast(...add)).stdout)
    const second = String(added?.['added'])
    expect(stored()).toContain(second)
    const theirs = odd.restic('--password-file', password('second'), 'key', 'list', '--json')
    expect(JSON.parse(theirs)).toContainEqual(
      expect.objectContaining({ id: second.slice(0, 8), current: true, userName: 'ada', hostName: 'desk' }),
    )

    const [changed] = jsonLines(
      (await by('second', 'passwd', '--json', '--new-password-file', password('third'), '--user', 'grace')).stdout,
    )
    const after = jsonLines((await by('third', 'list', '--json')).stdout)
    expect(after).toContainEqual(expect.objectContaining({ current: true, userName: 'grace' }))
    const third = String(changed?.['added'])
    expect(changed?.['removed']).toBe(second)
    expect(stored()).not.toContain(second)
    expect((await by('second', 'list')).code).toBe(12)
    expect(odd.restic('--password-file', password('third'), 'check')).toContain('no errors were found')

    const removed = await odd.holdfast('key', 'remove', third.slice(0, 10))
    expect(removed).toMatchObject({ code: 0 })
    expect(removed.stdout).toContain(`Removed key ${third.slice(0, 8)}`)
    expect(stored()).toHaveLength(1)
    expect((await by('third', 'list')).code).toBe(12)
  })

  it('opens by a key that restic added', async () => {
    odd.restic('key', 'add', '--new-password-file', password('by restic'))
    const { code, stdout } = await by('by restic', 'list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\* {2}[0-9a-f]{8}/m)
    expect(stdout).toMatch(/^2 keys$/m)
  })

  it('never removes the key in use, which keeps the last one', async () => {
    const before = stored()
    for (const name of before) {
      const { code, stderr, stdout } = await odd.holdfast('key', 'remove', name)
      if (code === 0) expect(stdout).toContain('Removed')
      else expect(stderr).toContain('is the one in use')
    }
    expect(stored()).toHaveLength(1)
    expect((await odd.holdfast('snapshots')).code).toBe(0)
  })

  it.each([
    [['remove', 'feedbeef'], 'feedbeef', 'key list'],
    [['add'], 'No new password', '--new-password-file'],
    [['add', '--new-password-file', '/no/such/file'], '/no/such/file', 'who may read it'],
    [['passwd', '--new-password-file', '/dev/null'], 'is empty', 'Choose'],
    [['remove'], 'Missing required argument', '--help'],
  ])('changes nothing at %j, and says why', async (args, why, next) => {
    const before = stored()
    const { code, stderr } = await odd.holdfast('key', ...args)
    expect(code).toBe(1)
    expect(stderr).toContain(why)
    expect(stderr).toContain(next)
    expect(stored()).toEqual(before)
  })
})
