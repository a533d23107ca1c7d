import type { Page } from 'playwright-core'

import { sleep } from '../../../core/base/index.ts'
import { PASSWORD } from './answers/session.ts'
import type { ConsoleDouble } from './double.ts'
import { AGENT_SCREENS } from './screens/agents.ts'
import { CACHE_SCREENS } from './screens/caches.ts'
import { PEOPLE_SCREENS } from './screens/people.ts'
import { PROTECT_SCREENS } from './screens/protect.ts'
import { RECOVER_SCREENS } from './screens/recover.ts'
import { ALL, BOTH, GERMAN, type Screen, seen } from './screens/screen.ts'
import { SETTINGS_SCREENS } from './screens/settings.ts'
import { VAULT_SCREENS } from './screens/vaults.ts'

async function makeAdministrator(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Make the administrator' }).waitFor()
  for (const field of await page.locator('input[type=password]').all()) await field.fill(PASSWORD)
  await page.getByRole('button', { name: 'Make the administrator' }).click()
  await page.getByRole('heading', { name: 'Vault', exact: true }).waitFor()
}

async function makeVault(page: Page): Promise<void> {
  await makeAdministrator(page)
  await page.getByRole('button', { name: 'Look at it' }).click()
  await page.getByText('The appliance can write there.').waitFor()
}

async function chooseFolders(page: Page): Promise<void> {
  await makeVault(page)
  await page.getByRole('button', { name: 'Make the vault' }).click()
  await page.getByRole('button', { name: 'Open srv' }).click()
  await page.getByRole('checkbox', { name: 'Protect finance' }).click()
  await page.getByText('1 folder chosen').waitFor()
}

async function backUpFirst(page: Page): Promise<void> {
  await chooseFolders(page)
  await page.getByRole('button', { name: 'Protect it' }).click()
  await page.getByRole('button', { name: 'Back up now' }).click()
  await page.getByRole('progressbar').waitFor()
}

async function fetchKit(page: Page): Promise<void> {
  await backUpFirst(page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Download the recovery kit' }).waitFor()
}

const settingUp = { path: '/setup?token=once', world: 'new', isSignedOut: true } as const

export const SCREENS: readonly Screen[] = [
  {
    name: 'sign-in',
    path: '/',
    world: 'full',
    isSignedOut: true,
    looks: [...ALL, GERMAN],
    ready: (page) => page.locator('input[type=password]').waitFor(),
  },
  {
    name: 'sign-in-new',
    path: '/',
    world: 'new',
    isSignedOut: true,
    looks: BOTH,
    ready: seen('has no administrator yet'),
  },
  {
    name: 'overview',
    path: '/',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: scrollToChart,
  },
  { name: 'overview-calm', path: '/', world: 'calm', looks: BOTH, ready: scrollToChart },
  { name: 'overview-empty', path: '/', world: 'empty', looks: BOTH, ready: seen('Nothing is protected yet.') },
  { name: 'overview-failing', path: '/', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  {
    name: 'runs',
    path: '/runs',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.getByRole('row').nth(5).waitFor(),
  },
  { name: 'runs-empty', path: '/runs', world: 'empty', looks: BOTH, ready: seen('No run yet') },
  { name: 'runs-failing', path: '/runs', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  { name: 'run-live', path: '/runs', world: 'full', looks: [...ALL, GERMAN], ready: openRun(0) },
  { name: 'run-failed', path: '/runs?state=failed', world: 'full', looks: BOTH, ready: openRun(0) },
  { name: 'run-warning', path: '/runs?state=warning', world: 'full', looks: BOTH, ready: openRun(0) },
  {
    name: 'run-unconfirmed',
    path: '/runs?kind=forget',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: async (page) => {
      await openRun(0)(page)
      await page.getByRole('button', { name: /Confirm, and do it|Bestätigen und ausführen/ }).waitFor()
    },
  },
  {
    name: 'run-confirm',
    path: '/runs?kind=forget',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await openRun(0)(page)
      await page.getByRole('button', { name: 'Confirm, and do it' }).press('Enter')
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'run-cancel',
    path: '/runs',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await openRun(0)(page)
      await page.getByRole('button', { name: 'Stop' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'alerts',
    path: '/alerts',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.locator('form').waitFor(),
  },
  { name: 'alerts-empty', path: '/alerts', world: 'calm', looks: BOTH, ready: seen('Nothing needs you') },
  { name: 'palette', path: '/', world: 'full', looks: BOTH, ready: openPalette },
  { name: 'not-connected', path: '/', world: 'full', looks: BOTH, ready: loseConnection },
  { name: 'expired', path: '/runs', world: 'full', looks: BOTH, ready: expire },
  { name: 'setup-1-administrator', ...settingUp, looks: ALL, ready: seen('The first administrator') },
  { name: 'setup-2-vault', ...settingUp, looks: BOTH, ready: makeVault },
  { name: 'setup-3-source', ...settingUp, looks: ALL, ready: chooseFolders },
  { name: 'setup-4-backup', ...settingUp, looks: BOTH, ready: backUpFirst },
  { name: 'setup-5-kit', ...settingUp, looks: BOTH, ready: fetchKit },
  ...PEOPLE_SCREENS,
  ...PROTECT_SCREENS,
  ...RECOVER_SCREENS,
  ...VAULT_SCREENS,
  ...CACHE_SCREENS,
  ...AGENT_SCREENS,
  ...SETTINGS_SCREENS,
]

function openRun(index: number) {
  return async (page: Page): Promise<void> => {
    await page.locator('tbody tr[aria-rowindex]').nth(index).click()
    await page.getByRole('log').waitFor()
  }
}

async function openPalette(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('option').nth(4).waitFor()
}

async function loseConnection(page: Page, double: ConsoleDouble): Promise<void> {
  await page.getByText('Connected', { exact: true }).waitFor()
  double.setAnswering(false)
  await page.getByText('what you see is from').waitFor()
}

async function expire(page: Page, double: ConsoleDouble): Promise<void> {
  await page.getByText('Connected', { exact: true }).waitFor()
  double.forgetSessions()
  await page.getByRole('dialog').waitFor()
}

/** The chart comes when it is scrolled to; then the page is looked at from its start. */
async function scrollToChart(page: Page): Promise<void> {
  const chart = page.locator('canvas')
  await page.getByRole('heading', { name: /^(?:The last 14 days|Die letzten 14 Tage)$/ }).waitFor()
  while ((await chart.count()) === 0) {
    await page.mouse.move(640, 400)
    await page.mouse.wheel(0, 5000)
    await sleep(50)
  }
  await page.mouse.wheel(0, -50_000)
}
