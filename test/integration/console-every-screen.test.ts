import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { routes } from '../../renderer/app/routes.ts'
import { openStory, protect, signIn, STORY_PASSWORD } from '../support/console/story.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { startService, type TestService } from '../support/service.ts'

describeWith(['chromium'], 'every screen of a real service', () => {
  let home: string
  let service: TestService
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-every-screen-'))
    mkdirSync(join(home, 'source'))
    writeFileSync(join(home, 'source', 'ledger.txt'), 'all paid\n')
    service = await startService(join(home, 'data'))
    await service.enter('admin', STORY_PASSWORD)
    ids['sets'] = await protect(service, home)
    await service.api('POST', `/sets/${ids['sets']}/runs`, {})
    for (const list of ['runs', 'policies', 'vaults', 'users', 'points']) {
      while (ids[list] === undefined) {
        const { body } = await service.api('GET', `/${list}`)
        const [first] = (body as { items: { id: string; endedAt?: string | null }[] }).items
        if (first && first.endedAt !== null) ids[list] = first.id
      }
    }
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it.each(['light', 'dark'] as const)('opens, is accessible and complains of nothing (%s)', async (theme) => {
    await using story = await openStory(theme)
    await signIn(story.page, service.url)
    const seen: string[] = []
    for (const { path, name } of routes) {
      if (name === 'sign-in' || name === 'setup') continue
      const place = path.replace(':id', ids[path.split('/')[1] ?? ''] ?? '').replace(':path(.*)*', 'nowhere')
      await story.page.goto(service.url + place)
      await story.page.getByRole('heading', { level: 1 }).waitFor()
      await story.page.locator('main').getByText('Loading').first().waitFor({ state: 'hidden' })
      await story.look(`every-${String(name)}`)
      expect(await story.page.getByRole('alert').count(), place).toBe(0)
      seen.push(String(name))
    }
    expect(seen.length).toBeGreaterThan(20)
    expect(story.complaints).toEqual([])
  })
})
