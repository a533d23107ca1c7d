import type { Page } from 'playwright-core'

import { ALL, BOTH, GERMAN, type Screen, seen } from './screen.ts'

async function save(page: Page): Promise<void> {
  const care = page.getByRole('region', { name: 'Care of vaults' })
  await care.getByLabel('Check every … days').fill('14')
  await care.getByLabel('Time of care').fill('04:30')
  await care.getByRole('button', { name: 'Save' }).click()
  await seen('Check every … days: now 14, before 7')(page)
}

async function close(page: Page): Promise<void> {
  const reach = page.getByRole('region', { name: 'Who can reach the console' })
  await reach.getByRole('radio', { name: 'This computer only' }).click()
  await seen('nobody reaches the console from another computer')(page)
  await reach.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded()
}

async function askToClose(page: Page): Promise<void> {
  await close(page)
  await page.getByRole('region', { name: 'Who can reach the console' }).getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor()
}

async function waitForRestart(page: Page): Promise<void> {
  await askToClose(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await seen('systemctl restart holdfastd')(page)
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.evaluate('window.scrollTo(0, 0)')
}

async function leave(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'This appliance' }).getByRole('textbox').first().fill('backup-02')
  await page.getByRole('link', { name: 'Vaults' }).click()
  await page.getByRole('dialog').waitFor()
}

/** Screens of settings. */
export const SETTINGS_SCREENS: readonly Screen[] = [
  {
    name: 'settings',
    path: '/settings',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.locator('input[type=time]').waitFor(),
  },
  { name: 'settings-saved', path: '/settings', world: 'full', looks: BOTH, ready: save },
  { name: 'settings-reach', path: '/settings', world: 'full', looks: BOTH, ready: close },
  { name: 'settings-reach-ask', path: '/settings', world: 'full', looks: BOTH, ready: askToClose },
  { name: 'settings-restart', path: '/settings', world: 'full', looks: BOTH, ready: waitForRestart },
  { name: 'settings-unsaved', path: '/settings', world: 'full', looks: BOTH, ready: leave },
]
