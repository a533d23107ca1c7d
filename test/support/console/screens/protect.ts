import type { Page } from 'playwright-core'

import { ALL, BOTH, GERMAN, type Screen, seen } from './screen.ts'

async function openSet(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Finance shares' }).click()
  await page.getByText('points are kept').waitFor()
}

async function openEditor(page: Page): Promise<void> {
  await openSet(page)
  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByRole('treeitem', { name: /^srv/ }).click()
  await page.getByRole('treeitem', { name: /^finance/ }).click()
  await page.getByRole('treeitem', { name: /^notes\.tmp.*Left out/ }).waitFor()
  await page.getByRole('treeitem', { name: /^home/ }).click()
  await page.getByText('permission denied').waitFor()
}

const ask = (button: string) => async (page: Page) => {
  await openSet(page)
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('dialog').waitFor()
}

const open = (name: string) => async (page: Page) => {
  await page.getByRole('link', { name }).click()
  await page.locator('table').waitFor()
}

async function keepLess(page: Page): Promise<void> {
  await open('Nightly, 30 days')(page)
  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByLabel('All points, for days').fill('7')
  await page.getByLabel('All points, for days').press('Tab')
  await page.getByText('Finance shares: ').waitFor()
}

/** Screens of sources, backup sets and policies. */
export const PROTECT_SCREENS: readonly Screen[] = [
  { name: 'sets', path: '/sets', world: 'full', looks: [...ALL, GERMAN], ready: seen('Contracts 2010') },
  { name: 'sets-empty', path: '/sets', world: 'empty', looks: BOTH, ready: seen('There is no source yet') },
  { name: 'sets-failing', path: '/sets', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  { name: 'set', path: '/sets', world: 'full', looks: ALL, ready: openSet },
  { name: 'set-edit', path: '/sets', world: 'full', looks: ALL, ready: openEditor },
  {
    name: 'set-new',
    path: '/sets/new',
    world: 'full',
    looks: [...BOTH, GERMAN],
    ready: (page) => page.getByRole('tree').waitFor(),
  },
  {
    name: 'set-new-empty',
    path: '/sets/new',
    world: 'empty',
    looks: BOTH,
    ready: seen('Something has to be there first'),
  },
  { name: 'set-remove', path: '/sets', world: 'full', looks: BOTH, ready: ask('Remove') },
  { name: 'policies', path: '/policies', world: 'full', looks: [...ALL, GERMAN], ready: seen('Every four hours') },
  { name: 'policies-empty', path: '/policies', world: 'empty', looks: BOTH, ready: seen('No policy yet') },
  { name: 'policies-failing', path: '/policies', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  {
    name: 'policy',
    path: '/policies',
    world: 'full',
    looks: [...ALL, { theme: 'light', timeZone: 'Asia/Tokyo' }],
    ready: open('Nightly, 30 days'),
  },
  { name: 'policy-windows', path: '/policies', world: 'full', looks: [...ALL, GERMAN], ready: open('New York') },
  {
    name: 'policy-in-use',
    path: '/policies',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await open('Nightly, 30 days')(page)
      await page.getByRole('button', { name: 'Remove' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'policy-new',
    path: '/policies/new',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.locator('table').waitFor(),
  },
  { name: 'policy-edit', path: '/policies', world: 'full', looks: ALL, ready: keepLess },
  {
    name: 'policy-lose',
    path: '/policies',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await keepLess(page)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('dialog').getByText('Finance shares').waitFor()
    },
  },
  { name: 'policy-month', path: '/policies', world: 'full', looks: BOTH, ready: open('Month end') },
  {
    name: 'policy-hand',
    path: '/policies',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await page.getByRole('link', { name: 'by hand' }).click()
      await page.getByText('There is no point.').waitFor()
    },
  },
]
