import { gzipSync } from 'node:zlib'

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { sleep } from '../../core/base/index.ts'
import { complaintsOf, violations } from '../support/console/accessibility.ts'
import { PASSWORD } from '../support/console/answers/session.ts'
import { type ConsoleBrowser, enter, signIn, startBrowser } from '../support/console/browser.ts'
import { openConsoleDouble } from '../support/console/double.ts'
import { SCREENS } from '../support/console/screens.ts'
import type { Look } from '../support/console/screens/screen.ts'
import { describeWith } from '../support/peer/describe-with.ts'

/** Looks that need no page of their own: only theme and width differ. */
interface Visit {
  readonly language: string
  readonly timeZone: string
  /** In the language and zone that nearly all is looked at. */
  readonly isOwn: boolean
  readonly looks: readonly [Look, ...Look[]]
}

function visitsOf(looks: readonly Look[]): Visit[] {
  const visits = new Map<string, Visit>()
  for (const look of looks) {
    const { language = 'en', timeZone = 'Europe/Berlin' } = look
    const key = `${language} ${timeZone}`
    const known = visits.get(key)
    const isOwn = look.language === undefined && look.timeZone === undefined
    visits.set(key, { language, timeZone, isOwn, looks: known ? [...known.looks, look] : [look] })
  }
  return [...visits.values()]
}

describeWith(['chromium'], 'the console in a browser', () => {
  let browser: ConsoleBrowser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
  })

  /** In a new page the browser would compile the console and axe anew: half of the time of all looks. */
  const pages = new Map<string, { readonly page: Page; readonly complaints: string[] }>()
  let port = 0

  async function pageFor({ language, timeZone, looks }: Visit, origin: string) {
    const key = `${language} ${timeZone}`
    let known = pages.get(key)
    if (!known) {
      const page = await browser.open({ ...looks[0], language, timeZone })
      known = { page, complaints: complaintsOf(page) }
      pages.set(key, known)
    }
    const { page, complaints } = known
    const { theme, width = 1280, height = 800 } = looks[0]
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize({ width, height })
    const protocol = await page.context().newCDPSession(page)
    await protocol.send('Storage.clearDataForOrigin', { origin, storageTypes: 'cookies,local_storage' })
    await protocol.detach()
    complaints.length = 0
    return known
  }

  describe.each(SCREENS)('$name', ({ world, path, isSignedOut, looks, ready }) => {
    it.each(visitsOf(looks))('shows, accessible and without complaints ($language, $timeZone)', async (visit) => {
      await using double = await openConsoleDouble(world, { port })
      port = double.port
      const { page, complaints } = await pageFor(visit, double.url)
      if (isSignedOut === true) await page.goto(double.url + path)
      else await enter(page, double.url, { path })
      await ready(page, double)
      for (const { theme, width = 1280, height = 800 } of visit.looks) {
        await page.emulateMedia({ colorScheme: theme })
        await page.setViewportSize({ width, height })
        // The other theme changes colours, another language words: to look at everything takes longest.
        if (visit.isOwn) expect(await violations(page, { of: theme === 'light' ? 'all' : 'colours' })).toEqual([])
        expect(complaints).toEqual([])
        // Nothing sticks out of a narrow window: no page scrolls sideways.
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        expect(overflow).toBe(0)
      }
      await page.goto('about:blank')
    })
  })

  it('shows a run that goes on as it goes on', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/runs' })
    await page.getByText('Backup: Finance shares').first().click()
    await page.getByText('213 GiB of 478 GiB').waitFor()
    const [run] = double.world.runs
    if (!run?.progress) throw new Error('no run goes on')
    double.emit({ type: 'progress', runId: run.id, progress: { ...run.progress, bytesDone: 300 * 1024 ** 3 } })
    await page.getByText('300 GiB of 478 GiB').waitFor()
    double.emit({ type: 'run', run: { ...run, state: 'succeeded', endedAt: run.queuedAt, progress: null } })
    await page.getByText('Succeeded').first().waitFor()
    expect(await page.getByText('300 GiB of 478 GiB').count()).toBe(0)
    await page.close()
  })

  it('reaches the last of 10,000 runs, and keeps only those near the window in the page', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/runs' })
    const rows = page.locator('tbody tr[aria-rowindex]')
    await rows.first().focus()
    const total = double.world.runs.length
    // `End` goes to the last row that is there, and asks for those behind it.
    for (let loaded = 100; loaded <= total; loaded += 100) {
      await page.locator(`table[aria-rowcount="${loaded + 1}"]`).waitFor()
      await page.keyboard.press('End')
      await page.locator(`tr:focus[aria-rowindex="${loaded + 1}"]`).waitFor()
    }
    await page.getByText('That was all').waitFor()
    expect(await rows.count()).toBeLessThan(60)
    await page.close()
  })

  it('asks for the password over the page when the session ends, and goes on where it was', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/alerts' })
    await page.getByLabel('Sender').fill('typed@corp.example')
    double.forgetSessions()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await dialog.locator('input[type=password]').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(new URL(page.url()).pathname).toBe('/alerts')
    expect(await page.getByLabel('Sender').inputValue()).toBe('typed@corp.example')
    await page.close()
  })

  it('tells in German what kind of thing went wrong, before the words of the appliance', async () => {
    await using double = await openConsoleDouble('failing')
    const page = await browser.open({ theme: 'light', language: 'de' })
    await signIn(page, double.url)
    await page.getByText('Der Speicher ist nicht erreichbar: The catalog').waitFor()
    await page.close()
  })

  it('does not take a wrong password for the end of the session', async () => {
    await using double = await openConsoleDouble('new')
    const page = await browser.open({ theme: 'light' })
    await page.goto(`${double.url}/setup?token=once`)
    await SCREENS.find(({ name }) => name === 'setup-5-kit')?.ready(page, double)
    await page.locator('input[type=password]').fill('not this one')
    await page.getByRole('button', { name: 'Download the recovery kit' }).click()
    await page.getByText('The password is not right.').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    const download = page.waitForEvent('download')
    await page.locator('input[type=password]').fill(PASSWORD)
    await page.getByRole('button', { name: 'Download the recovery kit' }).click()
    expect((await download).suggestedFilename()).toBe('holdfast-kit-main-vault.txt')
    await page.getByText('You have the recovery kit.').waitFor()
    await page.close()
  })

  it('asks for the second factor where there is one', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await page.goto(double.url)
    await page.getByLabel('User name').fill('m.weber')
    await page.locator('input[type=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.getByLabel('Six digits').fill('123456')
    await page.locator('button[type=submit]').click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.close()
  })

  it('opens an entry of the audit by the keyboard, and gives the focus back when it is closed', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/audit?operation=restores.start' })
    const row = page.getByRole('row').nth(1)
    await row.press('Enter')
    const entry = page.getByRole('dialog').getByText('/srv/finance/2026')
    await entry.waitFor()
    // The key that opened it did not press what had the focus then: Escape has something to close.
    await page.locator('[role=dialog] :focus, [role=dialog]:focus').waitFor()
    expect(await entry.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.locator('tr[aria-rowindex="2"]:focus').waitFor()
    await page.close()
  })

  it('offers a viewer nothing that changes anything', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/alerts', name: 'auditor' })
    await page.getByText('A run failed').waitFor()
    expect(await page.getByRole('button', { name: 'I have seen it' }).count()).toBe(0)
    expect(await page.getByText('Delivery').count()).toBe(0)
    await page.goto(`${double.url}/runs`)
    await page.getByText('Backup: Finance shares').first().click()
    await page.getByRole('log').waitFor()
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0)
    await page.close()
  })

  it('shows a viewer vaults and settings, and offers him to change none', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/vaults', name: 'auditor' })
    await page.getByText('Ask an administrator to download it.').waitFor()
    expect(await page.getByRole('link', { name: 'New vault' }).count()).toBe(0)
    await page.getByRole('article').getByRole('link', { name: 'Main vault' }).click()
    await page.getByText('Last runs of care').waitFor()
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
    await page.goto(`${double.url}/settings`)
    await page.getByText('Keep logs of runs').waitFor()
    expect(await page.getByRole('main').locator('input, textarea, button').count()).toBe(0)
    await page.close()
  })

  it('asks before settings that were typed and not saved are left, and keeps what somebody else saved', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/settings' })
    await page.getByLabel('Keep logs of runs').fill('30')
    double.world.settings = { ...double.world.settings, logDays: 60, diskFreePercent: 20 }
    double.emit({ type: 'changed', kind: 'settings', id: 'settings' })
    // What scripts may do there is limited, so the page is asked from here.
    while ((await page.getByLabel('Alert below').inputValue()) !== '20') await page.waitForTimeout(20)
    expect(await page.getByLabel('Keep logs of runs').inputValue()).toBe('30')
    await page.getByRole('navigation').getByRole('link', { name: 'Vaults' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stay here' }).click()
    expect(new URL(page.url()).pathname).toBe('/settings')
    await page.getByRole('region', { name: 'Logs and alerts' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('now 30, before 60').waitFor()
    expect(double.world.settings).toMatchObject({ logDays: 30, diskFreePercent: 20 })
    await page.getByRole('navigation').getByRole('link', { name: 'Vaults' }).click()
    await page.getByRole('heading', { name: 'Vaults' }).waitFor()
    await page.close()
  })

  it('goes on setting up where it was left, and the link with its token is not kept', async () => {
    await using double = await openConsoleDouble('new')
    const page = await browser.open({ theme: 'light' })
    const stepOf = SCREENS.find(({ name }) => name === 'setup-3-source')
    await page.goto(`${double.url}/setup?token=once`)
    await stepOf?.ready(page, double)
    expect(page.url()).not.toContain('once')
    await page.reload()
    await page.getByRole('heading', { name: 'What to protect' }).waitFor()
    expect(double.world.vaults).toHaveLength(1)
    expect(double.world.sources).toHaveLength(1)
    await page.close()
  })

  it('shows the appliance’s time zone and that of the browser where they differ (NAS-32)', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light', timeZone: 'America/New_York' })
    await signIn(page, double.url, { path: '/runs' })
    await page.getByText('Backup: Finance shares').first().click()
    await page.getByText('02:55:00 (Europe/Berlin)').first().waitFor()
    await page.getByText('20:55:00 (America/New_York)').first().waitFor()
    await page.close()
  })

  it('shows what the clocks showed where a recovery point was made, if that is something else (NAS-32)', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light', timeZone: 'Europe/Berlin' })
    await signIn(page, double.url, { path: '/points' })
    const elsewhere = page.getByText(/\(-05:00\)/).first()
    await elsewhere.waitFor()
    await elsewhere.click()
    await page.getByText(/\(-05:00\) · .*\(Europe\/Berlin\)/).waitFor()
    await page.close()
  })

  it('loads less than 300 kB of scripts for the first screen, and what draws the chart when somebody scrolls to it', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url)
    const loaded: Promise<number>[] = []
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.js'))
        loaded.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
    })
    const total = async (): Promise<number> => (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0)
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('heading', { name: 'The last 14 days' }).waitFor()
    // Live events keep the network from ever being idle.
    await sleep(1000)
    await page.getByRole('heading', { name: 'The last 14 days' }).waitFor()
    // Live events keep the network from ever being idle.
    await sleep(1000)
    expect(await total()).toBeGreaterThan(50_000)
    expect(await total()).toBeLessThan(300_000)
    expect(await page.locator('canvas').count()).toBe(0)
    await page.getByRole('heading', { name: 'The last 14 days' }).scrollIntoViewIfNeeded()
    await page.mouse.wheel(0, 5000)
    await page.locator('canvas').waitFor()
    await page.close()
  })

  it('marks recovery points of a full scan with an icon in the list (NAS-42)', async () => {
    await using double = await openConsoleDouble('full')
    expect(double.world.points.slice(0, 2).map(({ kind }) => kind)).toEqual(['full', 'incremental'])
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/points' })
    const rows = page.getByRole('row').filter({ has: page.getByRole('link') })
    await rows.first().getByRole('img', { name: 'Made by a full scan' }).waitFor()
    expect(await rows.nth(1).getByRole('img', { name: 'Made by a full scan' }).count()).toBe(0)
    await page.close()
  })
})
