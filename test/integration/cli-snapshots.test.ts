import { afterAll, beforeAll, expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

interface Listed {
  readonly id: string
  readonly hostname: string
}

describeWith(['restic'], 'holdfast repo snapshots, beside restic', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  async function ids(...args: string[]): Promise<unknown[]> {
    const { code, stdout } = await odd.holdfast('snapshots', '--json', ...args)
    expect(code).toBe(0)
    return jsonLines(stdout)
      .filter(({ message_type: kind }) => kind === 'snapshot')
      .map(({ id }) => id)
  }

  const resticIds = (...args: string[]): string[] =>
    (odd.resticJson('snapshots', ...args) as readonly Listed[]).map(({ id }) => id)

  it('prints the members that restic prints, one snapshot a line, a summary last', async () => {
    const { stdout } = await odd.holdfast('snapshots', '--json')
    const lines = jsonLines(stdout)
    expect(lines.at(-1)).toEqual({ message_type: 'summary', total_snapshots: 3 })
    // restic sorts the paths it shows; the snapshot has them in another order.
    const theirs = odd.resticJson('snapshots') as (Listed & { readonly paths: string[] })[]
    expect(lines).toHaveLength(theirs.length + 1)
    for (const [at, snapshot] of theirs.entries()) {
      const mine = lines[at] as Record<string, unknown> & { readonly paths: string[] }
      expect({ ...mine, paths: mine.paths.toSorted() }).toEqual({ ...snapshot, message_type: 'snapshot' })
    }
  })

  it.each([
    [['--host', 'ada']],
    [['--host', 'ada', '--host', 'bob']],
    [['--host', 'nobody']],
    [['--tag', 'nightly']],
    [['--tag', 'nightly,db']],
    [['--tag', 'nightly,weekly']],
    [['--tag', 'db', '--tag', 'weekly']],
    [['--latest', '1']],
    [['--latest', '1', '--host', 'ada']],
  ])('chooses with %j what restic chooses', async (args) => {
    expect(await ids(...args)).toEqual(resticIds(...args))
  })

  it('chooses by target and by RESTIC_HOST, which an empty --host takes back', async () => {
    expect(await ids('--path', odd.source)).toEqual(resticIds('--path', odd.source))
    const env = { ...odd.env, RESTIC_HOST: 'bob' }
    const { runHoldfast } = await import('../support/holdfast.ts')
    const usual = await runHoldfast(['repo', 'snapshots', '--json'], { env })
    expect(jsonLines(usual.stdout).at(-1)).toMatchObject({ total_snapshots: 1 })
    const all = await runHoldfast(['repo', 'snapshots', '--json', '--host', ''], { env })
    expect(jsonLines(all.stdout).at(-1)).toMatchObject({ total_snapshots: 3 })
  })

  it('takes whole ids, first digits and latest, each snapshot once', async () => {
    const [first = '', , last = ''] = resticIds()
    expect(await ids(first, first.slice(0, 10))).toEqual([first])
    expect(await ids('latest')).toEqual([last])
    expect(await ids('latest', '--tag', 'nightly')).toEqual([first])
  })

  it('shows a table with a total, and says the groups', async () => {
    const { stdout } = await odd.holdfast('snapshots', '--group-by', 'host,tags')
    expect(stdout).toContain('Snapshots of host ada; tags db, nightly:')
    expect(stdout).toContain('Snapshots of host ada; no tags:')
    expect(stdout).toMatch(/^3 snapshots$/m)
    for (const id of resticIds()) expect(stdout).toContain(id.slice(0, 8))
    const compact = await odd.holdfast('snapshots', '--compact', '--quiet')
    expect(compact.stdout.split('\n')).toHaveLength(6)
    expect(compact.stdout).toContain('nightly,db')
    expect(compact.stdout).not.toContain(odd.source)
  })

  it('groups as restic does', async () => {
    const groups = odd.resticJson('snapshots', '--group-by', 'host') as { group_key: object; snapshots: Listed[] }[]
    const { stdout } = await odd.holdfast('snapshots', '--group-by', 'host', '--json')
    const lines = jsonLines(stdout).slice(0, -1)
    for (const { group_key: key, snapshots } of groups) {
      const { hostname } = key as { hostname: string }
      const mine = lines.filter((line) => (line['group_key'] as { hostname: string }).hostname === hostname)
      expect(mine.map(({ id }) => id)).toEqual(snapshots.map(({ id }) => id))
    }
    expect(lines).toHaveLength(groups.reduce((sum, { snapshots }) => sum + snapshots.length, 0))
  })

  it('says so when there is nothing, or nothing of the kind', async () => {
    const none = await odd.holdfast('snapshots', '--host', 'nobody')
    expect(none).toMatchObject({ code: 0, stdout: 'No snapshot is meant by these options; there are others.\n' })
    const empty = odd.file('new')
    expect((await odd.holdfast('init', '-r', empty)).code).toBe(0)
    const { code, stdout } = await odd.holdfast('snapshots', '-r', empty)
    expect(code).toBe(0)
    expect(stdout).toContain('There are no snapshots yet.')
  })

  it('names an id that does not exist and what to do', async () => {
    const { code, stderr } = await odd.holdfast('snapshots', 'feedbeef0')
    expect(code).toBe(1)
    expect(stderr).toContain('feedbeef0')
    expect(stderr).toContain('List the snapshots')
  })
})
