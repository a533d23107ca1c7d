import { describe, expect, it } from 'vitest'

import { chosenPaths, toRestore } from '../../../../renderer/modules/restore/begin-restore.ts'
import { requestOf, type RestoreDraft, withoutNested } from '../../../../renderer/modules/restore/restore-request.ts'

const draft: RestoreDraft = {
  pointId: 'p1',
  paths: ['/srv/a'],
  where: 'folder',
  folder: '/srv/restored',
  overwrite: 'never',
  verify: true,
}

describe('what is restored', () => {
  it('is said once, where a folder and something in it are both chosen', () => {
    expect(withoutNested(['/srv/a/b', '/srv/a', '/srv/ab', '/srv/a', '/x'])).toEqual(['/srv/a', '/srv/ab', '/x'])
  })

  it('is everything where everything is among it', () => {
    expect(withoutNested(['/srv/a', '/'])).toEqual(['/'])
  })

  it('lies beside the page, and in no address', () => {
    const to = toRestore({ pointId: 'p1', paths: ['/srv/secret'] })
    expect(to).toMatchObject({ name: 'restore', query: { point: 'p1' }, state: { paths: ['/srv/secret'] } })
    expect(JSON.stringify((to as { query: unknown }).query)).not.toContain('secret')
  })

  it.each([[null], [undefined], [{}], [{ paths: 'x' }], [{ paths: [1, null] }]])(
    'is nothing where something else lies there: %j',
    (state) => {
      expect(chosenPaths(state)).toEqual([])
    },
  )
})

describe('a restore', () => {
  it('is asked for as it was said', () => {
    expect(requestOf(draft)).toEqual({
      pointId: 'p1',
      paths: ['/srv/a'],
      target: { kind: 'folder', path: '/srv/restored' },
      overwrite: 'never',
      verify: true,
    })
    expect(requestOf({ ...draft, where: 'original' })?.target).toEqual({ kind: 'original' })
  })

  it.each([
    ['no point', { pointId: undefined }],
    ['nothing chosen', { paths: [] }],
    ['no place', { where: 'unsaid' }],
    ['no whole path', { folder: 'restored' }],
  ] as const)('is not asked for with %s', (_, part) => {
    expect(requestOf({ ...draft, ...part })).toBeUndefined()
  })
})
