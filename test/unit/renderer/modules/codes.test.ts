import { globSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { causeOf } from '../../../../renderer/modules/run/run-words.ts'
import { messages as german } from '../../../../renderer/shared/i18n/de/messages.ts'
import { messages as english } from '../../../../renderer/shared/i18n/en/messages.ts'

/** Codes of lines of a log, which are no causes of a run. */
const LOGGED = new Set([
  'lock-left',
  'missed-log',
  'missed-log-failed',
  'pack-missing',
  'plan',
  'snapshot-unreadable',
  'copies-removed',
  'copy-not-removed',
  'own-folder-left-out',
  'cloud-failed',
  'cache-healed',
  'cache-damaged',
  'index-kept',
  'index-mended',
])

const sources = globSync([
  'core/{job/{kinds,engine,queue,state},policy/executor-down}/*.ts',
  'core/appliance/upkeep/passed-times.ts',
])
const codes = new Set(
  sources
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\bcode: '([\w/-]+)'/g)].map(([, code]) => code ?? ''))
    .filter((code) => !LOGGED.has(code)),
)

const says = (messages: { run: typeof german.run; problem: typeof german.problem }, language: string) => ({
  known: (group: string, code: string): string | undefined => {
    const groups: Record<string, Record<string, string>> = {
      'run.cause': messages.run.cause,
      'run.causeKind': messages.run.causeKind,
      'problem.reason': messages.problem.reason,
    }
    return groups[group]?.[code]
  },
  language: { value: language } as never,
})

describe('what the appliance says by a code', () => {
  it('is found where it says it', () => {
    expect([...codes]).toEqual(
      expect.arrayContaining(['done', 'retry', 'files-missed', 'executor-down/skipped', 'missed-expired']),
    )
  })

  it.each([
    ['English', english],
    ['German', german],
  ])('has a text of every cause of a run in %s', (_, { run }) => {
    const known = { ...run.cause, ...run.causeKind }
    expect([...codes].filter((code) => !Object.hasOwn(known, code))).toEqual([])
  })

  it.each([
    ['English', english],
    ['German', german],
  ])('says of every kind of alert what it means in %s', (_, { alert }) => {
    const kinds = /type AlertKind =([^;]*?)\n\n/.exec(readFileSync('core/alert/alert.ts', 'utf8'))?.[1] ?? ''
    const all = [...kinds.matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind)
    expect(all).toContain('needs-confirmation')
    expect(new Set(Object.keys(alert.meaning))).toEqual(new Set(all))
    expect(new Set(Object.keys(alert.kind))).toEqual(new Set(all))
  })
})

describe('the cause of a run', () => {
  const cause = { code: 'files-missed', text: '3 files could not be read.' }

  it('keeps its figures, and is said in German what it is first', () => {
    expect(causeOf({ cause }, says(english, 'en'))).toBe(cause.text)
    expect(causeOf({ cause }, says(german, 'de'))).toBe(
      'Dem Wiederherstellungspunkt fehlen Dateien: 3 files could not be read.',
    )
  })

  it('falls back to the words of an appliance that is newer', () => {
    expect(causeOf({ cause: { code: 'of-tomorrow', text: 'New.' } }, says(german, 'de'))).toBe('New.')
  })
})
