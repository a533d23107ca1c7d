import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import type { Alert } from '../../../../core/contract/index.ts'
import { PolicySettings } from '../../../../core/contract/index.ts'
import { draftOf, inputOf } from '../../../../renderer/modules/alert/delivery-draft.ts'
import { withAlert } from '../../../../renderer/modules/alert/with-alert.ts'
import { alertsOf, alertsToShow } from '../../../../renderer/modules/overview/alerts-to-show.ts'
import { summarise } from '../../../../renderer/modules/overview/summary.ts'
import { simplePolicy } from '../../../../renderer/modules/setup/default-policy.ts'
import { nextStep } from '../../../../renderer/modules/setup/setup-step.ts'
import { messages as german } from '../../../../renderer/shared/i18n/de/messages.ts'
import { messages as english } from '../../../../renderer/shared/i18n/en/messages.ts'
import { makeWorld } from '../../../support/console/world/world.ts'

const text = { t: (key: string, values: object = {}) => `${key} ${JSON.stringify(values)}` }
const none = { protected: 0, late: 0, warning: 0, failed: 0, never: 0, disabled: 0 }

const leaves = (value: unknown, path = ''): [string, string][] =>
  typeof value === 'string'
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, part]) => leaves(part, `${path}.${key}`))
const places = (message: string): string[] => [...new Set(message.match(/\{\w+\}/g))].toSorted()

describe('the one sentence of the overview', () => {
  it.each([
    ['empty', none, 'quiet'],
    ['protected', { ...none, protected: 3 }, 'good'],
    ['attention', { ...none, protected: 2, warning: 1 }, 'warning'],
    ['unprotected', { ...none, protected: 2, late: 1, failed: 1, never: 1 }, 'bad'],
  ] as const)('of %s has its own colour', (state, sets, tone) => {
    const summary = summarise({ state, sets }, text)
    expect(summary.tone).toBe(tone)
    expect(summary.sentence).toContain(`overview.state.${state}`)
  })

  it('counts what is not protected, and names sets that are switched off apart', () => {
    const sets = { protected: 2, late: 1, failed: 1, never: 1, warning: 1, disabled: 4 }
    expect(summarise({ state: 'unprotected', sets }, text).details).toEqual([
      'overview.text.unprotected {"n":3,"total":6}',
      'overview.disabled {"n":4}',
    ])
  })

  it('speaks of the only set as such', () => {
    const sets = { protected: 0, late: 0, failed: 1, never: 0, warning: 0, disabled: 0 }
    expect(summarise({ state: 'unprotected', sets }, text).details).toEqual(['overview.textOnly.unprotected {}'])
    expect(summarise({ state: 'empty', sets: { ...sets, failed: 0 } }, text).details).toEqual([
      'overview.text.empty {"n":0,"total":0}',
    ])
  })

  it('says of a set that needs somebody what is wrong with it, unless that was seen', () => {
    const { alerts, sets } = makeWorld('full')
    const late = sets.find(({ protection }) => protection === 'late')
    const told = alertsOf({ alerts }, late?.id ?? '')
    expect(told.map(({ kind }) => kind)).toEqual(['rpo-breached'])
    const seen = told.flatMap((alert) => [{ ...alert, acknowledgedAt: alert.raisedAt }])
    expect(alertsOf({ alerts: seen }, late?.id ?? '')).toEqual([])
  })

  it('is not followed by alerts of sets that are named already, nor by those that somebody has seen', () => {
    const { alerts, sets } = makeWorld('full')
    const needy = sets.filter(({ protection }) => protection === 'late')
    const shown = alertsToShow({ alerts, needy }, 9)
    expect(shown.map(({ kind }) => kind)).toEqual(['run-failed', 'kit-not-exported', 'run-warning'])
  })
})

describe('a list of alerts', () => {
  const [first] = makeWorld('full').alerts as [Alert]

  it('takes out an alert whose cause is gone', () => {
    expect(withAlert([first], { ...first, clearedAt: first.raisedAt }, 'open')).toEqual([])
  })

  it('takes in one that is raised, and changes one that it has', () => {
    expect(withAlert([], first, 'open')).toEqual([first])
    expect(withAlert([first], { ...first, times: 9 }, 'open')).toEqual([{ ...first, times: 9 }])
    expect(withAlert([], first, 'cleared')).toEqual([])
  })
})

describe('delivery settings in a form', () => {
  const { settings } = makeWorld('full').delivery

  it('come back as they were, and without a secret that nobody touched', () => {
    expect(inputOf(draftOf(settings))).toEqual({ settings })
  })

  it('carry a secret only where it changes, and null where it is removed', () => {
    const draft = { ...draftOf(settings), mailPassword: 'new', removesWebhookSecret: true }
    expect(inputOf(draft)).toEqual({ settings, mailPassword: 'new', webhookSecret: null })
  })
})

describe('setting up', () => {
  const kit = { kitExportedAt: '2026-11-22T00:00:00.000Z' }
  const noKit = { kitExportedAt: null }
  const set = { newestPointAt: null }
  it.each([
    [{ isSignedIn: false, vaults: [], sets: [], wentOn: false }, 'administrator'],
    [{ isSignedIn: true, vaults: [], sets: [], wentOn: false }, 'vault'],
    [{ isSignedIn: true, vaults: [noKit], sets: [], wentOn: false }, 'source'],
    [{ isSignedIn: true, vaults: [noKit], sets: [set], wentOn: false }, 'backup'],
    [{ isSignedIn: true, vaults: [noKit], sets: [set], wentOn: true }, 'kit'],
    [{ isSignedIn: true, vaults: [noKit], sets: [{ newestPointAt: kit.kitExportedAt }], wentOn: false }, 'kit'],
    [{ isSignedIn: true, vaults: [kit], sets: [set], wentOn: true }, undefined],
  ] as const)('goes on with the first step that is not done (%#)', (state, step) => {
    expect(nextStep(state)).toBe(step)
  })

  it('offers a policy that the appliance takes', () => {
    const settings = simplePolicy({ at: '22:00', timeZone: 'Europe/Berlin', days: 30, weeks: 12, months: 12 })
    expect(PolicySettings.parse(settings)).toEqual(settings)
  })
})

describe('texts', () => {
  it('have the same places for values, and as many numbers, in every language', () => {
    const others = new Map(leaves(german))
    for (const [path, message] of leaves(english)) {
      const other = others.get(path) ?? ''
      expect([path, places(other), other.split(' | ').length]).toEqual([
        path,
        places(message),
        message.split(' | ').length,
      ])
    }
  })

  it('have nothing that the formatter takes for something else', () => {
    for (const [path, message] of [...leaves(english), ...leaves(german)]) expect([path, message]).not.toContain('@')
  })

  it('say of what kind a problem is by codes that there are', () => {
    const codes = readFileSync('core/base/error.ts', 'utf8')
    for (const reason of Object.keys(english.problem.reason)) expect(codes).toContain(`| '${reason}'`)
  })
})
