import { afterAll, beforeAll, expect, it } from 'vitest'

import { type ConsoleBrowser, signIn, startBrowser } from '../support/console/browser.ts'
import { openConsoleDouble } from '../support/console/double.ts'
import { describeWith } from '../support/peer/describe-with.ts'

const ROW = '[role=row][aria-rowindex]'

describeWith(['chromium'], 'recovery points and backup sets in a browser', () => {
  let browser: ConsoleBrowser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
  })

  async function openFinance(options: { width?: number; name?: string; folder?: string }) {
    const double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light', ...options })
    const [point] = double.world.points
    await signIn(page, double.url, {
      path: `/points/${point?.id}?path=${options.folder ?? '/srv/finance'}`,
      ...(options.name !== undefined && { name: options.name }),
    })
    await page.locator(ROW).first().waitFor()
    return { double, page }
  }

  it('leaves nothing of a list out in a narrow window, and cuts nothing', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url)
    const cells = page.locator('tbody tr[aria-rowindex]').first().locator('td')
    for (const path of ['/points', '/restore', '/runs', '/sets', '/users', '/audit']) {
      await page.setViewportSize({ width: 1600, height: 800 })
      await page.goto(double.url + path)
      await cells.first().waitFor()
      const words = async (): Promise<string[]> =>
        (await page.locator('tbody tr[aria-rowindex]').first().innerText()).split(/\s+/).filter(Boolean)
      // Also the widest window may need some of them below each other.
      const told = async (): Promise<string[]> => {
        const texts: string[] = await page.locator('table').evaluate((table) => {
          const first = table.querySelector('tbody tr[aria-rowindex]')
          const all = [...table.querySelectorAll('thead th'), ...(first?.querySelectorAll('dt') ?? [])]
          return all.map((each) => each.innerText)
        })
        return texts.toSorted()
      }
      const [every, titles] = [await words(), await told()]
      for (const width of [1280, 1024, 768, 400]) {
        await page.setViewportSize({ width, height: 800 })
        while ((await page.locator('thead').evaluate((head) => head.clientWidth)) > width) await page.waitForTimeout(20)
        const place = `${path} at ${width}`
        const narrow = await words()
        for (const word of every) expect(narrow, place).toContain(word)
        expect(await told(), place).toEqual(titles)
        const cut = await cells.evaluateAll((all) =>
          all
            .flatMap((cell) => [cell, ...cell.querySelectorAll('*')])
            .filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
            .map((each) => each.textContent),
        )
        expect(cut, place).toEqual([])
      }
    }
    await page.close()
  })

  it('goes on and on through a folder of a million, and keeps only those near the window in the page', async () => {
    const { double, page } = await openFinance({ folder: '/srv/finance/many' })
    await using _ = double
    await page.locator(ROW).first().focus()
    // `End` goes to the last row that is there, which loads more.
    const last = page.locator(`${ROW}:focus`)
    let reached = 0
    while (reached < 10_000) {
      await page.keyboard.press('End')
      reached = Number(await last.getAttribute('aria-rowindex'))
    }
    const index = Number(await last.getAttribute('aria-rowindex')) - 1
    expect(await last.textContent()).toContain(String(index).padStart(7, '0'))
    expect(await page.locator(ROW).count()).toBeLessThan(60)
    await page.close()
  })

  it.each([1280, 390])(
    'shows a long name whole, in a window %d wide, with date and size below it (NAS-33)',
    async (width) => {
      const { double, page } = await openFinance({ width })
      await using _ = double
      const row = page.locator(ROW, { hasText: 'Minutes of the extraordinary' })
      await row.scrollIntoViewIfNeeded()
      const parts = await row.evaluate((element) => {
        const [name, details] = [...element.querySelectorAll('p')].map((p) => p.getBoundingClientRect())
        const own = element.getBoundingClientRect()
        return { name: name?.bottom ?? 0, top: details?.top ?? 0, details: details?.bottom ?? 0, own: own.bottom }
      })
      expect(parts.name).toBeLessThanOrEqual(parts.top + 0.5)
      expect(parts.details).toBeLessThanOrEqual(parts.own)
      expect(await row.textContent()).toContain('Gesellschafterversammlung.docx')
      await page.close()
    },
  )

  it('downloads a file under its own name', async () => {
    const { double, page } = await openFinance({})
    await using _ = double
    const waiting = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download Budget 2026.xlsx' }).click()
    expect((await waiting).suggestedFilename()).toBe('Budget 2026.xlsx')
    await page.close()
  })

  it('chooses with the space bar, and keeps what was chosen when the page of the assistant is loaded again', async () => {
    const { double, page } = await openFinance({})
    await using _ = double
    await page.locator(ROW).first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Restore 2 chosen entries' }).click()
    await page.getByText('/srv/finance/2024').waitFor()
    expect(page.url()).not.toContain('finance')
    await page.reload()
    await page.getByText('/srv/finance/2025').waitFor()
    await page.close()
  })

  it('overwrites in place unless one says otherwise (NAS-31), and nothing elsewhere', async () => {
    const { double, page } = await openFinance({})
    await using _ = double
    await page.getByRole('button', { name: 'Restore all of it' }).click()
    await page.getByRole('radio', { name: 'To where everything was' }).click()
    expect(await page.getByRole('radio', { name: 'Overwrite it where it differs' }).isChecked()).toBe(true)
    await page.getByRole('radio', { name: 'To another folder' }).click()
    expect(await page.getByRole('radio', { name: 'Keep the file that is there' }).isChecked()).toBe(true)
    await page.close()
  })

  it('says why a place is refused, and what to do', async () => {
    const { double, page } = await openFinance({})
    await using _ = double
    await page.getByRole('button', { name: 'Restore all of it' }).click()
    await page.getByRole('radio', { name: 'To another folder' }).click()
    await page.getByRole('textbox', { name: 'Folder' }).fill('/root/x')
    await page.getByRole('button', { name: 'See what will happen' }).click()
    await page.getByText('You may not restore to "/root/x".').waitFor()
    await page.getByText('Choose a folder below /srv/restored').waitFor()
    expect(await page.getByRole('button', { name: 'Restore now' }).count()).toBe(0)
    await page.close()
  })

  it('shows what a pattern leaves out while it is typed, before anything is saved', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: `/sets/${double.world.sets[0]?.id}/edit` })
    const tree = page.getByRole('tree')
    await tree.getByRole('treeitem', { name: /^srv/ }).click()
    await tree.getByRole('treeitem', { name: /^finance/ }).click()
    await tree.getByRole('treeitem', { name: /^ledger\.db.*Is backed up/ }).waitFor()
    await page.getByLabel('Leave out', { exact: true }).fill('*.tmp\n*.db')
    await tree.getByRole('treeitem', { name: /^ledger\.db.*Left out/ }).waitFor()
    expect(double.world.sets[0]?.content.excludes).toEqual(['*.tmp'])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Finance shares' }).waitFor()
    expect(double.world.sets[0]?.content.excludes).toEqual(['*.tmp', '*.db'])
    await page.close()
  })

  it('goes through the tree with the arrow keys, and protects a folder with the space bar', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: '/sets/new' })
    await page.getByRole('treeitem', { name: /^etc/ }).focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key)
    await page.getByRole('treeitem', { name: /^finance/ }).waitFor()
    for (const key of ['ArrowRight', 'ArrowDown', 'Space']) await page.keyboard.press(key)
    await page.getByRole('button', { name: 'Do not protect /srv/finance' }).waitFor()
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('[role=treeitem]:focus').textContent()).toContain('srv')
    await page.close()
  })

  it('offers a viewer neither content nor restores, and nothing that changes a set', async () => {
    await using double = await openConsoleDouble('full')
    const page = await browser.open({ theme: 'light' })
    await signIn(page, double.url, { path: `/sets/${double.world.sets[0]?.id}`, name: 'auditor' })
    await page.getByText('points are kept').waitFor()
    for (const name of ['Back up now', 'Switch off', 'Remove']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0)
    }
    await page.getByRole('link', { name: 'Recovery points of this set' }).click()
    await page.locator('tbody tr[aria-rowindex]').first().click()
    await page.getByText('Snapshot (restic)').waitFor()
    expect(await page.locator(ROW).count()).toBe(0)
    expect(await page.getByRole('button', { name: /Restore/ }).count()).toBe(0)
    await page.close()
  })
})
