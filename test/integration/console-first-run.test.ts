import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { complaintsOf, violations } from '../support/console/accessibility.ts'
import { startBrowser } from '../support/console/browser.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { startService } from '../support/service.ts'

const PASSWORD = 'correct horse battery'

/** Goes into a folder from where a list of folders begins. */
async function goInto(page: Page, folder: string, button: (name: string) => string): Promise<void> {
  for (const name of folder.split('/').filter(Boolean))
    await page.getByRole('button', { name: button(name), exact: true }).click()
}

describeWith(['chromium', 'restic'], 'the first day of an appliance, in a browser', () => {
  let home: string
  let source: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-first-run-'))
    source = join(home, 'source')
    mkdirSync(join(source, 'letters'), { recursive: true })
    writeFileSync(join(source, 'letters', 'to-berta.txt'), 'Dear Berta, all is well.\n')
    writeFileSync(join(source, 'notes.txt'), 'remember the milk\n')
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  it('goes from the printed link to a folder that is protected on a schedule, backed up, browsed and restored', async () => {
    await using service = await startService(join(home, 'data'))
    await using browser = await startBrowser()
    const page = await browser.open({ theme: 'light' })
    const complaints = complaintsOf(page)
    let shots = 0
    const look = async (): Promise<void> => {
      expect(await violations(page)).toEqual([])
      const folder = process.env['SHOTS']
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${shots++}.png`) })
    }

    await page.goto(service.setupUrl ?? '')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Password again').fill(PASSWORD)
    await look()
    await page.getByRole('button', { name: 'Make the administrator' }).click()

    await page.getByLabel('Folder').fill(join(home, 'vault'))
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('button', { name: 'Make the vault' }).waitFor()
    await look()
    await page.getByRole('button', { name: 'Make the vault' }).click()

    await page.getByRole('heading', { name: 'What to protect' }).waitFor()
    await goInto(page, home, (name) => `Open ${name}`)
    await page.getByRole('checkbox', { name: 'Protect source' }).click()
    await page.getByText('1 folder chosen').waitFor()
    await look()
    await page.getByRole('button', { name: 'Protect it' }).click()

    await page.getByRole('button', { name: 'Back up now' }).click()
    await page.getByText('The first recovery point is there.').waitFor()
    await look()
    await page.getByRole('button', { name: 'Continue' }).click()

    await page.getByLabel('Your password').fill(PASSWORD)
    await look()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the recovery kit' }).click()
    const kit = readFileSync(await (await download).path(), 'utf8')
    await page.getByRole('button', { name: 'To the overview' }).click()

    await page.getByText('Everything is protected.').waitFor()
    await page.getByText('Nothing needs you.').waitFor()
    await look()

    await page.getByRole('link', { name: 'Recovery points' }).click()
    await page.getByRole('row', { name: /First backup set/ }).click()
    for (const name of source.split('/').filter(Boolean))
      await page.getByRole('row', { name: `${name} Folder` }).click()
    await page.getByRole('checkbox', { name: 'Choose letters' }).click()
    await look()
    await page.getByRole('button', { name: 'Restore 1 chosen entry' }).click()

    mkdirSync(join(home, 'restored'))
    await page.getByRole('radio', { name: 'To another folder' }).click()
    await goInto(page, join(home, 'restored'), (name) => name)
    await page.getByRole('button', { name: 'See what will happen' }).click()
    await page.getByRole('button', { name: 'Restore now' }).waitFor()
    await look()
    await page.getByRole('button', { name: 'Restore now' }).click()
    await page.getByText('Succeeded').first().waitFor()
    await look()
    expect(readFileSync(join(home, 'restored', source, 'letters', 'to-berta.txt'), 'utf8')).toContain('all is well')
    expect(complaints).toEqual([])

    // The appliance is gone, and with it all that it knew: stock restic and the downloaded kit are enough.
    await service.stop()
    rmSync(join(home, 'data'), { recursive: true })
    const env = { ...process.env, RESTIC_PASSWORD: /^Password: +(\S+)$/m.exec(kit)?.[1] }
    execFileSync(
      'restic',
      ['-r', join(home, 'vault'), '--no-cache', 'restore', 'latest', '--target', join(home, 'again')],
      {
        env,
        stdio: 'pipe',
      },
    )
    expect(readFileSync(join(home, 'again', source, 'notes.txt'), 'utf8')).toBe('remember the milk\n')
  })
})
