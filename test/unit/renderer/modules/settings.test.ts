import { describe, expect, it } from 'vitest'

import { SETTING_DEFAULTS, type Settings } from '../../../../core/contract/index.ts'
import { changedFacts } from '../../../../renderer/modules/settings/setting-words.ts'
import {
  changesOf,
  draftOf,
  hostsOf,
  reachWarnings,
  rebased,
} from '../../../../renderer/modules/settings/settings-draft.ts'

const settings: Settings = { ...SETTING_DEFAULTS, name: 'nas', timeZone: 'Europe/Berlin' }
const open: Settings['listen'] = { reach: 'network', hosts: ['backup.example'] }

const warned = (reach: 'loopback' | 'network', hosts: string, before: Settings['listen'], page = 'localhost') =>
  reachWarnings({ reach, hosts }, before, page)
const fact = (key: string, value: string) => ({ key, label: key, value })

describe('what is saved of a part of the settings', () => {
  it('is what was changed there, and nothing else', () => {
    const draft = { ...draftOf(settings), checkEveryDays: 14, logDays: 30 }
    expect(changesOf(draft, settings, ['checkEveryDays', 'pruneEveryDays'])).toEqual({ checkEveryDays: 14 })
  })

  it('is nothing where all is as it was, though written in another way', () => {
    const draft = { ...draftOf({ ...settings, listen: open }), name: ' nas ', hosts: ' https://backup.example:8443/\n' }
    expect(changesOf(draft, { ...settings, listen: open }, ['name', 'listen'])).toEqual({})
  })

  it('has names and reach together, as the appliance takes them', () => {
    const draft = { ...draftOf(settings), reach: 'network' as const, hosts: 'nas\nnas.example' }
    expect(changesOf(draft, settings, ['listen'])).toEqual({
      listen: { reach: 'network', hosts: ['nas', 'nas.example'] },
    })
  })
})

describe('what is typed', () => {
  it('stays where somebody else saves something meanwhile, and takes that over', () => {
    const draft = { ...draftOf(settings), logDays: 30 }
    const now = { ...settings, logDays: 60, diskFreePercent: 20 }
    const after = rebased(draft, settings, now)
    expect(after).toEqual({ ...draftOf(now), logDays: 30 })
    expect(changesOf(after, now, ['logDays', 'diskFreePercent'])).toEqual({ logDays: 30 })
  })
})

describe('names of the console', () => {
  it.each([
    ['nas.example, nas;10.0.0.7', ['nas.example', 'nas', '10.0.0.7']],
    ['https://nas.example:8443/settings', ['nas.example']],
    ['nas:8443', ['nas']],
    ['[fd00::7]:8443 fd00::8', ['fd00::7', 'fd00::8']],
    ['nas nas\n\n', ['nas']],
    ['  ', []],
  ])('are read of %j', (text, hosts) => {
    expect(hostsOf(text)).toEqual(hosts)
  })
})

describe('who can reach the console', () => {
  it('is warned of where it becomes the network, or no longer is', () => {
    expect(warned('network', 'backup.example', SETTING_DEFAULTS.listen)).toEqual(['opens'])
    expect(warned('loopback', 'backup.example', open)).toEqual(['closes'])
    expect(warned('loopback', '', SETTING_DEFAULTS.listen)).toEqual([])
  })

  it('is warned of where it would be the network by no name', () => {
    expect(warned('network', '', SETTING_DEFAULTS.listen)).toEqual(['opens', 'no-host'])
  })

  it('is warned of where the name is missing by which the page was opened', () => {
    expect(warned('network', 'other.example', open, 'backup.example')).toEqual(['locks-out'])
    expect(warned('network', 'BACKUP.example', open, 'backup.example')).toEqual([])
    expect(warned('network', 'fd00::7', open, '[fd00::7]')).toEqual([])
    expect(warned('network', 'other.example', open, '[::1]')).toEqual([])
  })
})

describe('what was saved', () => {
  it('is told with what was before', () => {
    expect(changedFacts([fact('a', '1'), fact('hosts', 'x')], [fact('a', '1'), fact('hosts', 'x\ny')])).toEqual([
      { label: 'hosts', was: 'x', is: 'x, y' },
    ])
  })
})
