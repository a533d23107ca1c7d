import type { Page } from 'playwright-core'

import type { ConsoleDouble } from '../double.ts'
import { ALL, BOTH, GERMAN, type Look, type Screen, seen } from './screen.ts'

const ELSEWHERE: Look = { theme: 'light', timeZone: 'America/New_York' }

async function openPoint(page: Page): Promise<void> {
  await page.locator('tbody tr[aria-rowindex]').first().click()
  await page.getByRole('row').first().waitFor()
}

async function openFolder(page: Page): Promise<void> {
  await openPoint(page)
  await page.getByText('Budget 2026.xlsx').waitFor()
}

async function openMany(page: Page): Promise<void> {
  await openFolder(page)
  await page.getByText('many', { exact: true }).click()
  await page.getByText('0000000.eml').waitFor()
}

async function choose(page: Page): Promise<void> {
  await openFolder(page)
  for (const name of ['2025', 'Budget 2026.xlsx']) await page.getByRole('checkbox', { name: `Choose ${name}` }).click()
  await page.getByText('2 chosen', { exact: true }).waitFor()
}

async function find(page: Page): Promise<void> {
  await openFolder(page)
  await page.getByRole('searchbox').or(page.getByPlaceholder('Name or *.pattern')).fill('*.xlsx')
  await page.keyboard.press('Enter')
  await page.getByText('410,233').waitFor()
}

async function showVersions(page: Page): Promise<void> {
  await openFolder(page)
  await page.getByText('Budget 2026.xlsx').click()
  await page.getByText('The same as before').first().waitFor()
}

async function chooseTarget(page: Page): Promise<void> {
  await choose(page)
  await page.getByRole('button', { name: 'Restore 2 chosen entries' }).click()
  await page.getByRole('radio', { name: 'To another folder' }).click()
  await page.getByRole('button', { name: 'srv', exact: true }).click()
  await page.getByRole('button', { name: 'restored', exact: true }).click()
  await page.getByText('There is no folder in it.').waitFor()
}

async function chooseOriginal(page: Page): Promise<void> {
  await choose(page)
  await page.getByRole('button', { name: 'Restore 2 chosen entries' }).click()
  await page.getByRole('radio', { name: 'To where everything was' }).click()
}

async function plan(page: Page): Promise<void> {
  await chooseOriginal(page)
  await page.getByRole('button', { name: 'See what will happen' }).click()
  await page.getByRole('button', { name: 'Restore now' }).waitFor()
}

async function restore(page: Page): Promise<void> {
  await plan(page)
  await page.getByRole('button', { name: 'Restore now' }).click()
  await page.getByRole('progressbar').waitFor()
}

async function endWithLosses(page: Page, double: ConsoleDouble): Promise<void> {
  await restore(page)
  const [run] = double.world.runs
  if (!run) throw new Error('no restore goes on')
  const missed = ['/srv/finance/2025/ledger.db', '/srv/finance/2025/.lock'].map((path) => ({
    path,
    kind: 'unwritable',
    reason: 'Permission denied.',
  }))
  double.world.details.set(run.id, { steps: [], events: [], missed })
  double.emit({
    type: 'run',
    run: {
      ...run,
      state: 'warning',
      endedAt: run.queuedAt,
      progress: null,
      canCancel: false,
      cause: { code: 'files-lost', text: '2 files could not be restored; all else was.' },
      remedy: 'Look at the list: who may write there, and what holds these files open. Then restore them once more.',
      result: { filesRestored: 1238, filesLost: 2, filesSkipped: 0, bytesRestored: 3.3 * 1024 ** 3 },
    },
  })
  await page.getByText('ledger.db').waitFor()
}

/** Screens of recovery points and of the restore assistant. */
export const RECOVER_SCREENS: readonly Screen[] = [
  { name: 'burnt-down', path: '/burnt-down', world: 'full', looks: [...ALL, GERMAN], ready: seen('Finance shares') },
  { name: 'burnt-down-calm', path: '/burnt-down', world: 'calm', looks: BOTH, ready: seen('Finance shares') },
  {
    name: 'burnt-down-empty',
    path: '/burnt-down',
    world: 'empty',
    looks: BOTH,
    ready: seen('There is no backup set yet.'),
  },
  { name: 'burnt-down-failing', path: '/burnt-down', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  {
    name: 'points',
    path: '/points',
    world: 'full',
    looks: [...ALL, GERMAN, ELSEWHERE],
    ready: (page) => page.getByRole('row').nth(5).waitFor(),
  },
  { name: 'points-empty', path: '/points', world: 'empty', looks: BOTH, ready: seen('No recovery point yet') },
  { name: 'points-failing', path: '/points', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  { name: 'point', path: '/points', world: 'full', looks: [...ALL, ELSEWHERE], ready: openFolder },
  { name: 'point-many', path: '/points', world: 'full', looks: BOTH, ready: openMany },
  { name: 'point-chosen', path: '/points', world: 'full', looks: BOTH, ready: choose },
  { name: 'point-search', path: '/points', world: 'full', looks: BOTH, ready: find },
  { name: 'point-versions', path: '/points', world: 'full', looks: [...BOTH, ELSEWHERE], ready: showVersions },
  {
    name: 'restore',
    path: '/restore',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.getByRole('row').nth(5).waitFor(),
  },
  { name: 'restore-empty', path: '/restore', world: 'empty', looks: BOTH, ready: seen('No recovery point yet') },
  { name: 'restore-target', path: '/points', world: 'full', looks: ALL, ready: chooseTarget },
  { name: 'restore-plan', path: '/points', world: 'full', looks: ALL, ready: plan },
  { name: 'restore-live', path: '/points', world: 'full', looks: BOTH, ready: restore },
  { name: 'restore-losses', path: '/points', world: 'full', looks: ALL, ready: endWithLosses },
]
