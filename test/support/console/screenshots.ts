import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { signIn, startBrowser } from './browser.ts'
import { openConsoleDouble } from './double.ts'
import { SCREENS } from './screens.ts'

// Pictures of every screen, to look at: `node test/support/console/screenshots.ts --folder /tmp/pictures [--only runs]`.

const { values } = parseArgs({ options: { folder: { type: 'string' }, only: { type: 'string' } } })
if (values.folder === undefined) throw new Error('Give a --folder for the pictures.')
mkdirSync(values.folder, { recursive: true })

await using browser = await startBrowser()
for (const screen of SCREENS) {
  if (values.only !== undefined && !screen.name.includes(values.only)) continue
  for (const look of screen.looks) {
    await using double = await openConsoleDouble(screen.world)
    const page = await browser.open(look)
    page.on('console', (message) => {
      if (message.type() !== 'log') process.stdout.write(`${screen.name}: ${message.type()}: ${message.text()}\n`)
    })
    page.on('pageerror', (error) => process.stdout.write(`${screen.name}: ${error.message}\n`))
    if (screen.isSignedOut === true) await page.goto(double.url + screen.path)
    else await signIn(page, double.url, { path: screen.path })
    await screen.ready(page, double)
    const name = [screen.name, look.theme, look.language, look.width, look.timeZone?.replace('/', '-')]
      .filter((part) => part !== undefined)
      .join('-')
    await page.screenshot({ path: join(values.folder, `${name}.png`) })
    await page.close()
  }
}
