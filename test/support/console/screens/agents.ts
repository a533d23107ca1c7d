import type { Page } from 'playwright-core'

import { ALL, BOTH, GERMAN, type Screen, seen } from './screen.ts'

async function add(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Let a computer in' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('mail-01')
  await dialog.getByLabel('Vault', { exact: true }).click()
  await page.getByRole('option', { name: 'Main vault' }).click()
}

async function made(page: Page): Promise<void> {
  await add(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Let a computer in' }).click()
  await seen('What mail-01 needs')(page)
}

async function change(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Change web-01' }).click()
  await page.getByRole('dialog').waitFor()
}

async function remove(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Let in no more: laptop-of-the-auditor' }).click()
  await page.getByRole('dialog').waitFor()
}

/** Screens of agents. */
export const AGENT_SCREENS: readonly Screen[] = [
  { name: 'agents', path: '/agents', world: 'full', looks: [...ALL, GERMAN], ready: seen('laptop-of-the-auditor') },
  { name: 'agents-empty', path: '/agents', world: 'empty', looks: BOTH, ready: seen('No computer backs itself up') },
  { name: 'agents-failing', path: '/agents', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  { name: 'agent-new', path: '/agents', world: 'full', looks: ALL, ready: add },
  { name: 'agent-made', path: '/agents', world: 'full', looks: ALL, ready: made },
  { name: 'agent-change', path: '/agents', world: 'full', looks: BOTH, ready: change },
  { name: 'agent-remove', path: '/agents', world: 'full', looks: BOTH, ready: remove },
]
