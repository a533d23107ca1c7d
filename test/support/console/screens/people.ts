import type { Page } from 'playwright-core'

import { PASSWORD } from '../answers/session.ts'
import { ALL, BOTH, GERMAN, type Screen, seen } from './screen.ts'

async function beginTotp(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Set up a second factor|Zweiten Faktor einrichten/ }).click()
  const section = page.getByRole('region', { name: /Second factor|Zweiter Faktor/ })
  await section.locator('input[type=password]').fill(PASSWORD)
  await section.locator('button[type=submit]').click()
  await page.getByText('JBSW').first().waitFor()
}

async function changePassword(page: Page): Promise<void> {
  await page.getByLabel('Your password now').fill(PASSWORD)
  await page.getByLabel('New password', { exact: true }).fill('a much better password')
  await page.getByLabel('New password, again').fill('a much better password')
  await page.keyboard.press('Enter')
}

/** Screens of people: one's own account, users, tokens, the audit. */
export const PEOPLE_SCREENS: readonly Screen[] = [
  {
    name: 'account',
    path: '/account',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.getByRole('region', { name: /Second factor|Zweiter Faktor/ }).waitFor(),
  },
  {
    name: 'account-changed',
    path: '/account',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await changePassword(page)
      await page.getByText('The password is changed').waitFor()
    },
  },
  {
    name: 'account-failing',
    path: '/account',
    world: 'failing',
    looks: BOTH,
    ready: async (page) => {
      await changePassword(page)
      await seen('cannot be read')(page)
    },
  },
  { name: 'account-totp', path: '/account', world: 'full', looks: [...ALL, GERMAN], ready: beginTotp },
  {
    name: 'account-totp-wrong',
    path: '/account',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await beginTotp(page)
      await page.getByLabel('Six digits from your authenticator').fill('000 000')
      await page.getByRole('button', { name: 'Use it from now on' }).click()
      await seen('These are not the six digits.')(page)
    },
  },
  {
    name: 'account-totp-remove',
    path: '/account',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await beginTotp(page)
      await page.getByLabel('Six digits from your authenticator').fill('123456')
      await page.getByRole('button', { name: 'Use it from now on' }).click()
      await seen('The second factor is in use:')(page)
      await page.getByRole('button', { name: 'Remove the second factor' }).click()
      await seen('From then on the password alone')(page)
    },
  },
]
