import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { openStory, STORY_PASSWORD } from '../support/console/story.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { startService } from '../support/service.ts'

/** Goes into a folder from where a list of folders begins. */
async function goInto(page: Page, folder: string, button: (name: string) => string): Promise<void> {
  for (const name of folder.split('/').filter(Boolean)) {
    const wanted = page.getByRole('button', { name: button(name), exact: true })
    const more = page.getByRole('button', { name: 'Show more' })
    // Where there are many others it comes with a later part of the list.
    for (;;) {
      await wanted.or(more).first().waitFor()
      if ((await wanted.count()) > 0) break
      // It may be that of the folder before, and on its way out.
      await more.click({ timeout: 500 }).catch(() => undefined)
    }
    await wanted.click()
  }
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
    const begun = performance.now()
    await using service = await startService(join(home, 'data'))
    await using story = await openStory('light')
    const { page, complaints } = story

    await page.goto(service.setupUrl ?? '')
    await page.getByLabel('Password', { exact: true }).fill(STORY_PASSWORD)
    await page.getByLabel('Password again').fill(STORY_PASSWORD)
    await story.look('first-run-1-administrator')
    await page.getByRole('button', { name: 'Make the administrator' }).click()

    await page.getByRole('textbox', { name: 'Folder', exact: false }).fill(join(home, 'vault'))
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('button', { name: 'Make the vault' }).waitFor()
    await story.look('first-run-2-vault')
    await page.getByRole('button', { name: 'Make the vault' }).click()

    await page.getByRole('heading', { name: 'What to protect' }).waitFor()
    await goInto(page, home, (name) => `Open ${name}`)
    await page.getByRole('checkbox', { name: 'Protect source' }).click()
    await page.getByText('1 folder chosen').waitFor()
    await story.look('first-run-3-source')
    await page.getByRole('button', { name: 'Protect it' }).click()

    await page.getByRole('button', { name: 'Back up now' }).click()
    await page.getByText('The first recovery point is there.').waitFor()
    await story.look('first-run-4-backup')
    await page.getByRole('button', { name: 'Continue' }).click()

    await page.getByLabel('Your password').fill(STORY_PASSWORD)
    await story.look('first-run-5-kit')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the recovery kit' }).click()
    const kit = readFileSync(await (await download).path(), 'utf8')
    await page.getByRole('button', { name: 'To the overview' }).click()

    await page.getByText('Everything is protected.').waitFor()
    await page.getByText('Nothing needs you.').waitFor()
    await story.look('first-run-6-overview')

    await page.getByRole('link', { name: 'Recovery points' }).click()
    await page.getByRole('row', { name: /First backup set/ }).click()
    // It begins where what is protected begins.
    await page.getByRole('checkbox', { name: 'Choose letters' }).click()
    await story.look('first-run-7-point')
    await page.getByRole('button', { name: 'Restore 1 chosen entry' }).click()

    mkdirSync(join(home, 'restored'))
    await page.getByRole('radio', { name: 'To another folder' }).click()
    await goInto(page, join(home, 'restored'), (name) => name)
    await page.getByRole('button', { name: 'See what will happen' }).click()
    await page.getByRole('button', { name: 'Restore now' }).waitFor()
    await story.look('first-run-8-plan')
    await page.getByRole('button', { name: 'Restore now' }).click()
    await page.getByText('Succeeded').first().waitFor()
    await story.look('first-run-9-restored')
    expect(readFileSync(join(home, 'restored', source, 'letters', 'to-berta.txt'), 'utf8')).toContain('all is well')
    expect(complaints).toEqual([])
    // A figure to be read, not a limit: a person thinks longer than this clicks, and a busy machine is slower.
    process.stdout.write(
      `from the start of the service to a restored file: ${Math.round((performance.now() - begun) / 1000)} s\n`,
    )

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
