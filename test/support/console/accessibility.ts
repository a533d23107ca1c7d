import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Violations of WCAG 2.2 AA and of good practice, each with where it is; or only those of colours. */
export async function violations(
  page: Page,
  { of = 'all' }: { readonly of?: 'all' | 'colours' } = {},
): Promise<string[]> {
  await page.evaluate(AXE)
  const options: RunOptions = of === 'colours' ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}
  const { violations: found } = await page.evaluate(
    async (given) =>
      (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(given),
    options,
  )
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
}

/** What a page complained of: scripts that failed, and what its content security policy stopped. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // That an answer was an error (nobody is signed in, the catalog cannot be read) is what a screen is about.
    if (message.text().startsWith('Failed to load resource')) return
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return complaints
}
