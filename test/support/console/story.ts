import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { expect } from 'vitest'

import type { TestService } from '../service.ts'
import { complaintsOf, violations } from './accessibility.ts'
import { startBrowser } from './browser.ts'

/** The password of the one administrator in stories. */
export const STORY_PASSWORD = 'correct horse battery'

/** A browser on the console of a real service. */
export interface Story extends AsyncDisposable {
  readonly page: Page
  /** What the page complained of. */
  readonly complaints: readonly string[]
  /** A screen as a person sees it now: accessible, and as a picture where `HOLDFAST_SHOTS` names a folder for them. */
  look(name: string): Promise<void>
}

export async function openStory(theme: 'light' | 'dark'): Promise<Story> {
  const browser = await startBrowser()
  const page = await browser.open({ theme })
  const complaints = complaintsOf(page)
  return {
    page,
    complaints,
    async look(name) {
      const folder = process.env['HOLDFAST_SHOTS']
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
      expect(await violations(page), name).toEqual([])
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  }
}

/** What somebody has set up already: a folder, protected by hand. Returns the id of its set. */
export async function protect(service: TestService, home: string): Promise<string> {
  const make = async (path: string, body: unknown): Promise<string> => {
    const { status, body: told } = await service.api('POST', path, body)
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(told)}`)
    return (told as { id: string }).id
  }
  const location = { kind: 'directory', path: join(home, 'vault') }
  const vaultId = await make('/vaults', { name: 'Main vault', location })
  await service.api('POST', `/vaults/${vaultId}/kit`, { password: STORY_PASSWORD })
  const sourceId = await make('/sources', { name: 'This computer', settings: { kind: 'file-server', host: 'files' } })
  const settings = {
    schedule: { timeZone: 'UTC', rules: [] },
    retention: { days: 30, weeks: 0, months: 0, years: 0 },
    retries: { attempts: 3, firstDelayMinutes: 1 },
  }
  const policyId = await make('/policies', { name: 'By hand', settings })
  return make('/sets', { name: 'Ledgers', sourceId, vaultId, policyId, content: { roots: [join(home, 'source')] } })
}

/** Signs in as the administrator, and waits for the overview. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password').fill(STORY_PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}
