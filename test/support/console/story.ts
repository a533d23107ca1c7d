import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { expect } from 'vitest'

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
