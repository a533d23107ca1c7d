import type { Page } from 'playwright-core'

import type { Cache } from '../../../../core/contract/index.ts'
import type { ConsoleDouble } from '../double.ts'
import { instantAt, NOW } from '../world/ids.ts'
import { ALL, BOTH, GERMAN, type Screen, seen } from './screen.ts'

/** A cache in another state, and all that are shown with it. */
function change(double: ConsoleDouble, index: number, changes: Partial<Cache>): void {
  const own = double.world.caches[index]
  if (!own) throw new Error(`there is no cache ${index}`)
  double.world.caches = double.world.caches.map((cache) => (cache === own ? { ...cache, ...changes } : cache))
  double.emit({ type: 'changed', kind: 'cache', id: own.vault.id })
}

const open =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await page.getByRole('article').getByRole('link', { name, exact: true }).click()
    await page.getByText(/^(?:Last runs|Letzte Läufe)$/).waitFor()
  }

async function breakAll(page: Page, double: ConsoleDouble): Promise<void> {
  await seen('Main vault')(page)
  change(double, 0, {
    state: 'unusable',
    held: null,
    bytesFree: null,
    offSiteAt: null,
    sync: null,
    problem: 'The folder /srv/cache/main is not a cache: it is empty. Check that its disk is mounted.',
  })
  change(double, 1, { state: 'paused', pausedAt: instantAt(NOW), pausedBy: 'm.weber' })
  await seen('This cache cannot be used.')(page)
  await seen('Sending is paused.')(page)
}

const press = (name: string | RegExp) => async (page: Page) => {
  await open('Main vault')(page)
  await page.getByRole('button', { name, exact: true }).click()
}

const ask = (name: string | RegExp) => async (page: Page) => {
  await press(name)(page)
  await page.getByRole('dialog').waitFor()
}

/** Chooses in the menu of what is done now and then. */
const choose =
  (item: string | RegExp, name = 'Main vault') =>
  async (page: Page): Promise<void> => {
    await open(name)(page)
    await page.getByRole('button', { name: /^(?:More|Mehr)$/ }).click()
    await page.getByRole('menuitem', { name: item }).click()
    await page.getByRole('dialog').waitFor()
  }

const previewed =
  (name?: string) =>
  async (page: Page): Promise<void> => {
    await choose(/^(?:Make room|Platz schaffen)/, name)(page)
    await page.getByText(/^(?:Held here|Liegt hier)$/).waitFor()
  }

async function loseDisk(page: Page, double: ConsoleDouble): Promise<void> {
  await open('Main vault')(page)
  change(double, 0, { state: 'unusable', held: null, problem: 'The folder /srv/cache/main is not there.', sync: null })
  await seen('This cache cannot be used.')(page)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Take away' }).click()
  await page.getByRole('dialog').waitFor()
}

async function leave(page: Page): Promise<void> {
  await choose('Take away')(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click()
  await seen('All that it holds is sent')(page)
  await seen('Going on')(page)
}

/** The windows of the week and of its end, with so many megabits, and so many gibibytes a day. */
const fill = (megabits: string, perDay: string) => async (page: Page) => {
  await page.getByRole('button', { name: /^(?:Nights of the week|Nächte der Woche)$/ }).click()
  await page.getByRole('button', { name: /^(?:The weekend|Das Wochenende)$/ }).click()
  for (const field of await page.getByLabel('Mbit/s').all()) {
    await field.fill(megabits)
    await field.blur()
  }
  const perDayField = page.getByLabel(/^(?:New data a day|Neue Daten am Tag)/)
  await perDayField.fill(perDay)
  await perDayField.blur()
  await page.locator('canvas').waitFor()
}

async function overlap(page: Page): Promise<void> {
  const start = page.getByLabel('Begins').nth(1)
  await start.fill('05:00')
  await start.blur()
  const perDayField = page.getByLabel('New data a day')
  await perDayField.fill('20')
  await perDayField.blur()
  await seen('are open at the same time')(page)
}

const MAIN = '/caches/019a0000-0000-7002-8000-000000000000/edit'

/** Screens of caches. */
export const CACHE_SCREENS: readonly Screen[] = [
  { name: 'caches', path: '/caches', world: 'full', looks: [...ALL, GERMAN], ready: seen('Long-term archive') },
  { name: 'caches-calm', path: '/caches', world: 'calm', looks: BOTH, ready: seen('Main vault') },
  { name: 'caches-empty', path: '/caches', world: 'empty', looks: BOTH, ready: seen('No vault has a cache yet') },
  { name: 'caches-failing', path: '/caches', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  { name: 'caches-broken', path: '/caches', world: 'full', looks: ALL, ready: breakAll },
  { name: 'cache', path: '/caches', world: 'full', looks: [...ALL, GERMAN], ready: open('Main vault') },
  { name: 'cache-incomplete', path: '/caches', world: 'full', looks: BOTH, ready: open('Long-term archive') },
  { name: 'cache-sync', path: '/caches', world: 'full', looks: BOTH, ready: ask('Sync now') },
  {
    name: 'cache-pause',
    path: '/caches',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await press('Pause')(page)
      await page.getByRole('menuitem').nth(2).waitFor()
    },
  },
  {
    name: 'cache-more',
    path: '/caches',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await press('More')(page)
      await page.getByRole('menuitem').nth(3).waitFor()
    },
  },
  { name: 'cache-evict', path: '/caches', world: 'full', looks: [...ALL, GERMAN], ready: previewed() },
  { name: 'cache-evict-none', path: '/caches', world: 'full', looks: BOTH, ready: previewed('Long-term archive') },
  {
    name: 'cache-take-over',
    path: '/caches',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: choose(/^(?:Take the vault over|Den Tresor übernehmen)/),
  },
  {
    name: 'cache-detach',
    path: '/caches',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: choose(/^(?:Take away|Entfernen)/),
  },
  { name: 'cache-lost', path: '/caches', world: 'full', looks: BOTH, ready: loseDisk },
  { name: 'cache-leaving', path: '/caches', world: 'full', looks: BOTH, ready: leave },
  {
    name: 'cache-gone',
    path: '/caches/019a0000-0009-7002-8000-000000000009',
    world: 'full',
    looks: BOTH,
    ready: seen('This vault has no cache'),
  },
  {
    name: 'cache-new',
    path: '/caches/new',
    world: 'calm',
    looks: ALL,
    ready: (page) => page.locator('form').waitFor(),
  },
  { name: 'cache-new-keeps-up', path: '/caches/new', world: 'calm', looks: [...ALL, GERMAN], ready: fill('100', '40') },
  { name: 'cache-new-grows', path: '/caches/new', world: 'calm', looks: BOTH, ready: fill('20', '900') },
  { name: 'cache-new-none', path: '/caches/new', world: 'full', looks: BOTH, ready: seen('has a cache already') },
  { name: 'cache-edit', path: MAIN, world: 'full', looks: BOTH, ready: (page) => page.locator('form').waitFor() },
  { name: 'cache-overlap', path: MAIN, world: 'full', looks: BOTH, ready: overlap },
]
