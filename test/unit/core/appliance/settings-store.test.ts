import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openSettings, type SettingsStore } from '../../../../core/appliance/data/settings-store.ts'
import { type Catalog, openCatalog, writeSetting } from '../../../../core/database/index.ts'

describe('settings of who reaches the console', () => {
  let catalog: Catalog
  let settings: SettingsStore

  beforeEach(async () => {
    catalog = await openCatalog(':memory:')
    settings = await openSettings(catalog)
  })
  afterEach(() => catalog.close())

  it.each([[[]], [['localhost']], [['LocalHost', '127.0.0.1', '::1']]])(
    'refuse the network where it would find nobody there: %j',
    async (hosts) => {
      await expect(settings.update({ listen: { reach: 'network', hosts } })).rejects.toMatchObject({
        code: 'input/invalid',
        context: { field: 'listen.hosts' },
        safety: 'Nothing was changed.',
        remedy: expect.stringContaining('holdfast settings listen.hosts') as unknown,
      })
      expect(settings.current.listen).toEqual({ reach: 'loopback', hosts: [] })
    },
  )

  it.each(['https://nas.example', 'nas.example:8420', 'nas/', ' nas', 'na s', '*', '[::1]', '-nas', 'nas\0'])(
    'refuse %j, which is no name that a browser sends',
    async (host) => {
      for (const reach of ['loopback', 'network'] as const)
        await expect(settings.update({ listen: { reach, hosts: ['nas.example', host] } })).rejects.toMatchObject({
          code: 'input/invalid',
          context: { field: 'listen.hosts' },
        })
    },
  )

  it('take names and addresses', async () => {
    const hosts = ['nas', 'nas-01.example.', 'NAS_2', '192.0.2.7', '2001:db8::7', 'localhost', 'n']
    expect(await settings.update({ listen: { reach: 'network', hosts } })).toMatchObject({ listen: { hosts } })
    expect(await settings.update({ listen: { reach: 'loopback', hosts: [] } })).toMatchObject({ listen: { hosts: [] } })
  })

  it('leave what was stored before as it is, so that the service starts and other settings can be changed', async () => {
    const listen = { reach: 'network', hosts: [] } as const
    await writeSetting(catalog.rows, 'settings', JSON.stringify({ listen }))
    const opened = await openSettings(catalog)
    expect(opened.current.listen).toEqual(listen)
    expect(await opened.update({ mostRuns: 9 })).toMatchObject({ mostRuns: 9, listen })
  })
})
