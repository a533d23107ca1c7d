import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { runHoldfast } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

describeWith(['restic'], 'which snapshot holdfast repo restore takes, and which folder of it', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  const textIn = (target: string): string => readFileSync(join(target, odd.source, 'folder/deep/text'), 'utf8')

  it('is the newest that fits the options, RESTIC_HOST among them', async () => {
    const [nightly, bob] = [odd.file('nightly'), odd.file('bob')]
    expect((await odd.holdfast('restore', 'latest', '--tag', 'nightly', '--target', nightly)).code).toBe(0)
    expect(textIn(nightly)).not.toMatch(/more$/)
    const env = { ...odd.env, RESTIC_HOST: 'bob' }
    expect((await runHoldfast(['repo', 'restore', 'latest', '--target', bob], { env })).code).toBe(0)
    expect(textIn(bob)).toMatch(/more$/)
    expect(readdirSync(join(bob, odd.source)).length).toBeGreaterThan(4)
  })

  it('takes a folder alone, by the name that ls shows', async () => {
    const target = odd.file('folder')
    const { code } = await odd.holdfast('restore', `latest:${odd.source}/./folder/deep/`, '--target', target)
    expect(code).toBe(0)
    expect(readdirSync(target)).toEqual(['text'])
  })

  it.each([
    ['/nothing', 'has no ', 'repo ls'],
    ['/folder/deep/text', 'is no folder', 'Name the folder'],
  ])('writes nothing for :%s, and says why', async (path, why, next) => {
    const target = odd.file('not made')
    const { code, stderr } = await odd.holdfast('restore', `latest:${odd.source}${path}`, '--target', target)
    expect(code).toBe(1)
    expect(stderr).toContain(why)
    expect(stderr).toContain(next)
    expect(existsSync(target)).toBe(false)
  })

  it('is none where no id begins so', async () => {
    const { code, stderr } = await odd.holdfast('restore', 'ffffffff', '--target', odd.file('not made'))
    expect(code).toBe(1)
    expect(stderr).toContain('No snapshot has an id that begins with "ffffffff"')
  })
})
