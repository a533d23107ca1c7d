import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { openStory, protect, signIn, STORY_PASSWORD } from '../support/console/story.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededBytes } from '../support/seeded-chance.ts'
import { startService } from '../support/service.ts'

describeWith(['chromium'], 'a night in a browser, with a real service', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-stories-'))
    mkdirSync(join(home, 'source'))
    writeFileSync(join(home, 'source', 'ledger.txt'), 'all paid\n')
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  it('leads from a backup that failed to its remedy, and to a night that is good again', async () => {
    await using service = await startService(join(home, 'data'))
    await service.enter('admin', STORY_PASSWORD)
    const setId = await protect(service, home)
    // What was mounted there is not there tonight.
    renameSync(join(home, 'source'), join(home, 'unmounted'))
    await service.api('POST', `/sets/${setId}/runs`, {})

    await using story = await openStory('dark')
    const { page, complaints } = story
    await signIn(page, service.url)
    await page.getByText('Not everything is protected.').waitFor()
    await page.getByRole('heading', { name: 'What needs you' }).waitFor()
    await page.getByText('There is nothing at').first().waitFor()
    await story.look('failure-1-overview')

    await page.getByRole('link', { name: 'Runs' }).click()
    await page.getByText('Backup: Ledgers').first().click()
    await page.getByText('earlier recovery points are untouched').first().waitFor()
    await page.getByText('Check the path, and that the file system it lies on is mounted.').first().waitFor()
    await story.look('failure-2-run')

    renameSync(join(home, 'unmounted'), join(home, 'source'))
    await page.getByRole('button', { name: 'Do it again' }).click()
    await page.getByText('Succeeded').first().waitFor()
    await story.look('failure-3-again')
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByText('Everything is protected.').waitFor()
    await page.getByText('Nothing needs you.').waitFor()
    await page.getByRole('link', { name: 'Alerts' }).click()
    await page.getByText('There is no open alert.').waitFor()
    expect(complaints).toEqual([])
  })

  it('changes a policy, overwrites nobody, and removes it only where nothing needs it', async () => {
    await using service = await startService(join(home, 'data'))
    await service.enter('admin', STORY_PASSWORD)
    const setId = await protect(service, home)
    const policy = async () => {
      const { body } = await service.api('GET', '/policies')
      const [found] = (body as { items: { id: string; changedAt: string; settings: { retention: object } }[] }).items
      if (!found) throw new Error('there is no policy')
      return found
    }
    const { id, settings } = await policy()

    await using story = await openStory('light')
    const { page, complaints } = story
    await signIn(page, service.url)
    await page.getByRole('link', { name: 'Policies' }).click()
    await page.getByText('By hand').first().click()
    await page.getByRole('link', { name: 'Change' }).click()
    const days = page.getByLabel('All points, for days')
    await days.fill('45')
    await days.blur()
    await page.getByText('All recovery points are kept for 45 days').first().waitFor()
    await story.look('policy-1-change')

    // Somebody else is quicker.
    const other = { settings: { ...settings, retention: { days: 60, weeks: 0, months: 0, years: 0 } } }
    expect((await service.api('PATCH', `/policies/${id}`, other)).status).toBe(200)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('was changed by somebody else meanwhile').waitFor()
    expect((await policy()).settings.retention).toMatchObject({ days: 60 })
    await story.look('policy-2-conflict')

    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByText('All recovery points are kept for 60 days').first().waitFor()
    await page.getByRole('link', { name: 'Change' }).click()
    await days.fill('90')
    await days.blur()
    await page.getByRole('button', { name: 'Save' }).click()
    // The form says what it is about to keep, too: only the page behind it has something to remove.
    await page.getByRole('button', { name: 'Remove' }).waitFor()
    await page.getByText('All recovery points are kept for 90 days').first().waitFor()
    expect((await policy()).settings.retention).toMatchObject({ days: 90 })

    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('By hand is in use').waitFor()
    await page.getByRole('dialog').getByRole('link', { name: 'Ledgers' }).waitFor()
    await story.look('policy-3-in-use')
    await page.getByRole('button', { name: 'Close' }).last().click()
    expect((await service.api('DELETE', `/sets/${setId}`)).status).toBe(200)
    await page.getByText('No backup set uses it').first().waitFor()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No policy yet').waitFor()
    expect(complaints).toEqual([])
  })

  it('protects a folder that is not there yet only where somebody says that it is meant', async () => {
    await using service = await startService(join(home, 'data'))
    await service.enter('admin', STORY_PASSWORD)
    const setId = await protect(service, home)
    await using story = await openStory('dark')
    const { page, complaints } = story
    await signIn(page, service.url)
    await page.goto(`${service.url}/sets/${setId}/edit`)
    const typed = page.getByLabel('Or give a path')
    await typed.fill(join(home, 'stick'))
    await typed.press('Enter')
    await page.getByRole('button', { name: 'Save' }).click()
    await page
      .getByText(`There is nothing at ${join(home, 'stick')}.`)
      .first()
      .waitFor()
    await story.look('set-missing-root')
    await page.getByRole('checkbox', { name: 'Folders that are not there now are meant' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Ledgers' }).waitFor()
    await page.getByText(join(home, 'stick')).first().waitFor()
    // The browser notes the refusal itself.
    expect(complaints.filter((complaint) => !complaint.includes('400'))).toEqual([])
  })

  it('shows a run through the death of the service, says that it is not connected, and comes back by itself', async () => {
    const data = join(home, 'data')
    await using service = await startService(data)
    await service.enter('admin', STORY_PASSWORD)
    const setId = await protect(service, home)
    for (let file = 0; file < 40; file++)
      writeFileSync(join(home, 'source', `${file}.bin`), seededBytes(`story-${file}`, 20_000_000))

    await using story = await openStory('light')
    const { page } = story
    await signIn(page, service.url)
    await page.getByRole('link', { name: 'Runs' }).click()
    await service.api('POST', `/sets/${setId}/runs`, {})
    await page.getByText('Backup: Ledgers').first().click()
    await page.getByRole('progressbar').waitFor()
    await story.look('killed-1-running')

    await service.stop('SIGKILL')
    await page.getByText('Not connected to the appliance: what you see is from').waitFor()
    await story.look('killed-2-lost')

    await using again = await startService(data, Number(new URL(service.url).port))
    await page.getByText('Connected', { exact: true }).waitFor()
    expect(await page.getByText('Not connected to the appliance').count()).toBe(0)
    await page.getByText('Succeeded').first().waitFor()
    await page.getByText('The appliance ended while this was carried out.').first().waitFor()
    await story.look('killed-3-back')
    await again.enter('admin', STORY_PASSWORD)
    const { body } = await again.api('GET', '/points?limit=50')
    expect((body as { items: unknown[] }).items).toHaveLength(1)
  })
})
