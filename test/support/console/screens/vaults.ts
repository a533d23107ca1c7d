import type { Page } from 'playwright-core'

import type { Vault } from '../../../../core/contract/index.ts'
import { PASSWORD } from '../answers/session.ts'
import type { ConsoleDouble } from '../double.ts'
import { ALL, BOTH, GERMAN, type Screen, seen } from './screen.ts'

/** A vault that somebody has to look after, and all that are shown with it. */
function change(double: ConsoleDouble, index: number, changes: Partial<Vault>): void {
  const own = double.world.vaults[index]
  if (!own) throw new Error(`there is no vault ${index}`)
  double.world.vaults = double.world.vaults.map((vault) => (vault === own ? { ...vault, ...changes } : vault))
  double.emit({ type: 'changed', kind: 'vault', id: own.id })
}

async function breakAll(page: Page, double: ConsoleDouble): Promise<void> {
  await seen('Main vault')(page)
  change(double, 0, { state: 'damaged' })
  change(double, 1, {
    state: 'unreachable',
    bytesFree: null,
    bytesStored: null,
    problem:
      'The folder /mnt/archive/vault does not answer: stale file handle. Check that the share is mounted and that its server can be reached.',
  })
  await seen('stale file handle')(page)
  await seen('This vault is damaged.')(page)
}

const open =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await page.getByRole('article').getByRole('link', { name }).click()
    await page
      .locator('button')
      .filter({ hasText: /Check now|Jetzt prüfen/ })
      .waitFor()
    await page.getByText(/Last runs of care|Letzte Läufe der Pflege/).waitFor()
  }

const ask = (button: string) => async (page: Page) => {
  await open('Main vault')(page)
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.getByRole('dialog').waitFor()
}

async function begin(page: Page, double: ConsoleDouble): Promise<void> {
  await ask('Check now')(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Check now' }).click()
  await page.getByRole('progressbar').waitFor()
  const [run] = double.world.runs
  if (!run?.progress) throw new Error('no check goes on')
  double.emit({
    type: 'progress',
    runId: run.id,
    progress: { ...run.progress, bytesTotal: run.progress.bytesDone * 4, secondsLeft: 2400 },
  })
  await page.getByText('25%').waitFor()
}

async function wait(page: Page, double: ConsoleDouble): Promise<void> {
  await open('Long-term archive')(page)
  change(double, 1, { state: 'damaged', lastPrunedAt: null, lastVerifiedAt: null })
  const [vault] = double.world.vaults.slice(1)
  const run = double.world.runs.find(({ kind }) => kind === 'prune')
  if (!vault || !run) throw new Error('there is nothing that could wait')
  double.emit({
    type: 'run',
    run: {
      ...run,
      id: run.id.replace(/^0/, '1'),
      kind: 'forget',
      state: 'failed',
      vault: { id: vault.id, name: vault.name },
      cause: {
        code: 'policy/unconfirmed',
        text: '212 of 640 recovery points would be removed at once: more than a quarter.',
      },
      result: null,
      needsConfirmation: true,
    },
  })
  await seen('waits for a person')(page)
}

async function askForKit(page: Page): Promise<void> {
  await open('Long-term archive')(page)
  await page.getByRole('button', { name: 'Download the recovery kit' }).click()
  await page.locator('input[type=password]').waitFor()
}

async function askToDetach(page: Page, double: ConsoleDouble): Promise<void> {
  await open('Long-term archive')(page)
  double.world.sets = []
  change(double, 1, {})
  await seen('No backup set stores here.')(page)
  await page.getByRole('button', { name: 'Detach' }).click()
  await page.getByRole('dialog').waitFor()
}

async function lookAt(page: Page, path: string): Promise<void> {
  await page.getByLabel('Name of the vault').fill('Second vault')
  await page.getByRole('textbox', { name: 'Folder', exact: false }).fill(path)
  await page.getByRole('button', { name: 'Look at it' }).click()
}

async function attachWrongly(page: Page): Promise<void> {
  await lookAt(page, '/mnt/old/restic')
  await page.locator('input[type=password]').fill(`${PASSWORD}?`)
  await page.getByRole('button', { name: 'Attach the vault' }).click()
  await seen('The password does not fit')(page)
}

async function lookAtBucket(page: Page): Promise<void> {
  await page.getByLabel('Name of the vault').fill('Second vault')
  await page.getByLabel('Cloud storage (S3)').click()
  await page.getByLabel('Endpoint').fill('https://s3.example.com')
  await page.getByLabel('Bucket', { exact: true }).fill('backups')
  await page.getByLabel('Folder in the bucket').fill('head-office/main')
  await page.getByLabel('Access key', { exact: true }).fill('AKIAEXAMPLE')
  await page.getByLabel('Secret of the access key').fill('not-a-secret')
  await page.getByRole('button', { name: 'Look at it' }).click()
  await page.getByRole('button', { name: 'Make the vault' }).waitFor()
}

/** Screens of vaults. */
export const VAULT_SCREENS: readonly Screen[] = [
  { name: 'vaults', path: '/vaults', world: 'full', looks: [...ALL, GERMAN], ready: seen('Long-term archive') },
  { name: 'vaults-empty', path: '/vaults', world: 'empty', looks: BOTH, ready: seen('There is no vault yet') },
  { name: 'vaults-failing', path: '/vaults', world: 'failing', looks: BOTH, ready: seen('cannot be read') },
  { name: 'vaults-broken', path: '/vaults', world: 'full', looks: BOTH, ready: breakAll },
  { name: 'vault', path: '/vaults', world: 'full', looks: [...ALL, GERMAN], ready: open('Main vault') },
  { name: 'vault-waiting', path: '/vaults', world: 'full', looks: BOTH, ready: wait },
  { name: 'vault-check', path: '/vaults', world: 'full', looks: BOTH, ready: ask('Check now') },
  { name: 'vault-forget', path: '/vaults', world: 'full', looks: BOTH, ready: ask('Remove expired points now') },
  { name: 'vault-going', path: '/vaults', world: 'full', looks: BOTH, ready: begin },
  { name: 'vault-kit', path: '/vaults', world: 'full', looks: ALL, ready: askForKit },
  { name: 'vault-detach', path: '/vaults', world: 'full', looks: BOTH, ready: askToDetach },
  { name: 'vault-detach-used', path: '/vaults', world: 'full', looks: BOTH, ready: ask('Detach') },
  {
    name: 'vault-new',
    path: '/vaults/new',
    world: 'full',
    looks: [...ALL, GERMAN],
    ready: (page) => page.locator('form').waitFor(),
  },
  {
    name: 'vault-new-problem',
    path: '/vaults/new',
    world: 'full',
    looks: BOTH,
    ready: async (page) => {
      await lookAt(page, '/root/vault')
      await seen('may not write')(page)
    },
  },
  { name: 'vault-new-s3', path: '/vaults/new', world: 'full', looks: ALL, ready: lookAtBucket },
  { name: 'vault-attach', path: '/vaults/new', world: 'full', looks: BOTH, ready: attachWrongly },
]
