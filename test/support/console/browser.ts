import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type BrowserContext, chromium, type Page } from 'playwright-core'

import { PASSWORD } from './answers/session.ts'

export interface ConsoleBrowser extends AsyncDisposable {
  /** A page of its own, with no cookies of others. */
  open(options: {
    theme: 'light' | 'dark'
    language?: string
    width?: number
    height?: number
    timeZone?: string
  }): Promise<Page>
}

/** What has not come by then does not come. Milliseconds. */
const NEVER = 5 * 60_000

/** Debian's Chromium, which asks nobody for anything but what a test serves on loopback. */
export async function startBrowser(): Promise<ConsoleBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'))
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    env: { ...process.env, HOME: profile },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const contexts = new Set<BrowserContext>()
  return {
    async open({ theme, language = 'en', width = 1280, height = 800, timeZone = 'Europe/Berlin' }) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: theme,
        locale: language,
        timezoneId: timeZone,
        reducedMotion: 'reduce',
      })
      // How long something takes is not what a test is about; what never comes is named.
      context.setDefaultTimeout(NEVER)
      contexts.add(context)
      const page = await context.newPage()
      page.once('close', () => {
        contexts.delete(context)
        void context.close()
      })
      return page
    },
    async [Symbol.asyncDispose]() {
      for (const context of contexts) await context.close()
      await browser.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** Is signed in already, and waits for the page that was wanted: for screens that are not about signing in. */
export async function enter(page: Page, url: string, { path = '/', name = 'admin' } = {}): Promise<void> {
  const data = { name, password: PASSWORD }
  const answer = await page.context().request.post(`${url}/api/v1/session`, { data, headers: { origin: url } })
  if (!answer.ok()) throw new Error(`nobody was let in: ${await answer.text()}`)
  await page.goto(url + path)
  // Not every page is in the navigation.
  await page.locator('#main h1').waitFor({ state: 'attached' })
}

/** Signs in as a person does, and waits for the page that he wanted. */
export async function signIn(page: Page, url: string, { path = '/', name = 'admin' } = {}): Promise<void> {
  await page.goto(url + path)
  await page.getByLabel('User name').or(page.getByLabel('Benutzername')).fill(name)
  await page.locator('input[type=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  // Not every page is in the navigation.
  await page.locator('#main h1').waitFor()
}
