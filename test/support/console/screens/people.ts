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

async function openUser(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.locator('form').waitFor()
}

async function makeToken(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Make a token|Token anlegen/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Monitoring of the second site')
  await page.keyboard.press('Enter')
  await dialog.getByText('hft_').waitFor()
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
  { name: 'users', path: '/users', world: 'full', looks: [...ALL, GERMAN], ready: seen('j.okafor') },
  { name: 'users-empty', path: '/users', world: 'empty', looks: BOTH, ready: seen('You are the only user') },
  { name: 'users-failing', path: '/users', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  {
    name: 'user-new',
    path: '/users/new',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.getByRole('radio').first().waitFor(),
  },
  { name: 'user', path: '/users', world: 'full', looks: [...ALL, GERMAN], ready: (page) => openUser(page, 'j.okafor') },
  {
    name: 'user-refused',
    path: '/users',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await openUser(page, 'admin')
      await page.getByRole('radio', { name: /^Viewer/ }).click()
      await seen('This is your own user')(page)
      await page.getByRole('switch').focus()
      await page.getByRole('button', { name: 'Save' }).press('Enter')
      await seen('is the only administrator')(page)
    },
  },
  {
    name: 'user-remove',
    path: '/users',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await openUser(page, 'm.weber')
      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'user-password',
    path: '/users',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await openUser(page, 'm.weber')
      await page.getByRole('button', { name: 'Set a new password' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'tokens', path: '/tokens', world: 'full', looks: [...ALL, GERMAN], ready: seen('Monitoring (Prometheus)') },
  { name: 'tokens-empty', path: '/tokens', world: 'empty', looks: BOTH, ready: seen('There is no token') },
  { name: 'tokens-failing', path: '/tokens', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  {
    name: 'token-new',
    path: '/tokens',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: async (page) => {
      await page.getByRole('button', { name: /Make a token|Token anlegen/ }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'token-made', path: '/tokens', world: 'full', looks: ALL, ready: makeToken },
  {
    name: 'audit',
    path: '/audit',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: seen(/Restore started|Wiederherstellung gestartet/),
  },
  { name: 'audit-empty', path: '/audit', world: 'empty', looks: BOTH, ready: seen('Nothing was changed yet') },
  { name: 'audit-failing', path: '/audit', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  {
    name: 'audit-none',
    path: '/audit?from=2027-01-01',
    world: 'full',
    looks: BOTH,
    ready: seen('No entry fits'),
  },
  {
    name: 'audit-entry',
    path: '/audit?operation=restores.start&from=2026-11-01&until=2026-11-22',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: async (page) => {
      await page.getByRole('row').nth(1).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByText('/srv/finance/2026').waitFor()
    },
  },
]
