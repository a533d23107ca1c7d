import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { withSession } from '../../core/cli/repo/session/with-session.ts'

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

it('a session on what is no repository leaves nothing that waits, such as for another attempt to list its packs', async () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-session-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const passwordFile = join(home, 'password')
  writeFileSync(passwordFile, 'secret')
  const before = timers()
  const session = withSession({ repo: join(home, 'nowhere'), passwordFile }, 'shared', () => Promise.resolve(), {
    listPacks: true,
  })
  await expect(session).rejects.toMatchObject({ code: 'repository/not-found' })
  // The first attempt to list them has failed by now, or does so in a moment.
  for (let turn = 0; turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(timers()).toBeLessThanOrEqual(before)
})
