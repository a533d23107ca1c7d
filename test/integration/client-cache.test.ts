import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Cache, EvictionPreview, Forecast } from '../../core/contract/index.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'

// Each test goes on where the one before it ended: it is one story.
describe('holdfast, with a cache before a vault', () => {
  let scene: ServiceScene
  const at = (...names: string[]): string => join(scene.folder, ...names)
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await scene.call(...args)
    expect([args, code, stderr]).toEqual([args, 0, ''])
    return stdout
  }

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    mkdirSync(at('source'))
    writeFileSync(at('source', 'letter.txt'), 'dear\n'.repeat(10_000))
    await ok('vault', 'add', 'first', at('vault'))
    await ok('source', 'add', 'here')
    await ok('policy', 'add', 'nightly', '--manual')
    await ok('set', 'add', 'home', '--root', at('source'))
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('says that there is none, and how there would be one', async () => {
    expect(await ok('cache', 'status')).toContain('holdfast cache attach VAULT FOLDER')
  })

  it('is attached, and says what is missing before anything is sent (CC-4)', async () => {
    expect(await ok('cache', 'attach', 'first', at('cache'))).toContain('it is being made ready')
    for (let text = ''; !text.includes('nothing is sent before');) text = await ok('cache', 'status', 'first')
    expect(await scene.one<Cache>(['cache', 'status', 'first'], 'cache')).toMatchObject({
      state: 'incomplete',
      missing: ['schedule', 'bandwidth'],
    })
    await ok('backup', 'home', '--wait')
    expect(readdirSync(at('vault', 'snapshots'))).toEqual([])
  })

  it('is told by what windows it sends, and shows them as they were given', async () => {
    const window = 'mon-fri@20:00-06:00=50mbit'
    expect(await ok('cache', 'set', 'first', '--window', window, '--capacity', '2T', '--hot-days', '7')).toMatch(
      /Capacity: +2\.00 TiB$[\s\S]*Hot for: +7 days$[\s\S]*Windows: +mon-fri@20:00-06:00=50mbit$/m,
    )
    expect(await ok('cache', 'set', 'first', '--capacity', 'disk')).toMatch(/Capacity: +what the disk takes$/m)
    const refused = await scene.call('cache', 'set', 'first', '--window', window, '--window', 'wed@22:00-23:00=1mbit')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('are open at the same time: on Wednesday from 22:00, for 60 minutes')
  })

  it('is sent by hand, and the vault has the point then', async () => {
    expect(await ok('cache', 'sync', 'first', '--unlimited', '--wait')).toContain('Everything is in the cloud')
    expect(readdirSync(at('vault', 'snapshots'))).not.toEqual([])
    expect(await ok('cache', 'status')).toMatch(/first +\w+ +\d[\d.]* \w+ +0 B/)
  })

  it('says from where points can be restored, and what is left if all of this burnt down', async () => {
    expect(await ok('points')).toMatch(/Restorable from\n[\s\S]*cache, cloud/)
    const { code, stdout } = await scene.call('burnt-down')
    expect([code, stdout]).toEqual([3, expect.stringMatching(/home +first .* NONE +all of it +1/)])
    expect(await ok('cache', 'evict', 'first', '--wait')).toContain('There is room enough')
    expect(await ok('cache', 'evict', 'first', '--preview')).toMatch(
      /Would go: +nothing$[\s\S]*There is room enough\.$/m,
    )
    expect(
      await scene.one<EvictionPreview>(['cache', 'evict', 'first', '--preview'], 'eviction_preview'),
    ).toMatchObject({ files: 0, touchedPoints: 0, unlookedPoints: 0, points: [] })
  })

  it('keeps points of a set hot for as long as somebody says', async () => {
    expect(await ok('set', 'change', 'home', '--hot-days', '60')).toContain('Changed the backup set home.')
    expect(await ok('set', 'show', 'home')).toMatch(/Hot for: +60 days/)
    expect(await ok('set', 'change', 'home', '--hot-days', 'cache', '--name', 'house')).toContain('house')
    expect(await ok('set', 'show', 'house')).not.toContain('Hot for')
    expect((await scene.call('set', 'change', 'house')).stderr).toContain('Give --name, --policy or --hot-days.')
    expect((await scene.call('set', 'change', 'house', '--hot-days', 'long')).code).not.toBe(0)
    await ok('set', 'change', 'house', '--name', 'home')
  })

  it('is paused for a while, and goes on', async () => {
    expect(await ok('cache', 'pause', 'first', '--for', '2h')).toMatch(
      /^Nothing is sent for first until .*Backups go on/,
    )
    expect(await scene.one<Cache>(['cache', 'status', 'first'], 'cache')).toMatchObject({ state: 'paused' })
    expect(await ok('cache', 'resume', 'first')).toContain('first is sent again')
  })

  it('says before anything is saved whether windows keep up with what comes', async () => {
    const ask = ['cache', 'simulate', 'first', '--change']
    expect(await ok(...ask, '1G')).toContain('It keeps up')
    expect(await ok(...ask, '10T')).toContain('It grows without end')
    expect(await scene.one<Forecast>([...ask, '10T'], 'forecast')).toMatchObject({ isGrowing: true })
  })

  it('keeps its vault from being detached, and is taken away with all sent', async () => {
    await ok('set', 'disable', 'home')
    expect((await scene.call('cache', 'attach', 'first', at('other'))).stderr).toContain('has a cache already')
    writeFileSync(at('source', 'second.txt'), 'sir\n')
    await ok('backup', 'home', '--wait')
    expect(await ok('cache', 'decommission', 'first', '--wait')).toContain('All that the cache held is in the cloud')
    for (let text = ''; !text.includes('No vault has a cache');) text = await ok('cache', 'status')
    expect(readdirSync(scene.folder)).not.toContain('cache')
  })
})
