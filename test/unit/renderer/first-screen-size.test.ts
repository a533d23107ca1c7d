import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { CONSOLE_FOLDER } from '../../support/console/build-console.ts'

/** Bytes, gzipped: one second at three megabits. */
const LIMIT = 300_000

const read = (path: string): string => readFileSync(join(CONSOLE_FOLDER, path), 'utf8')

/** A script and all that it cannot do without, as paths in the folder. */
function staticallyLoaded(start: readonly string[]): string[] {
  const found = new Set<string>()
  const queue = [...start]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue
    found.add(path)
    // `import{a}from"./b.js"` and `import"./b.js"`, not `import("./b.js")`.
    for (const [, name] of read(path).matchAll(/(?:import|export)(?:[^"'()]*?from)?\s*["']\.\/([\w.-]+\.js)["']/g)) {
      queue.push(`assets/${name}`)
    }
  }
  return [...found]
}

/** Scripts of pages by the name of their page. */
function pageScript(page: string): string {
  const all = staticallyLoaded(entries())
  const wanted = new RegExp(`assets/${page}-[\\w-]+\\.js`)
  const found = all.map((path) => wanted.exec(read(path))?.[0]).find((name) => name !== undefined)
  if (found === undefined) throw new Error(`no script loads ${page}`)
  return found
}

function entries(): string[] {
  return [...read('index.html').matchAll(/(?:src|href)="\/(assets\/[\w.-]+\.js)"/g)].map(([, path = '']) => path)
}

describe('the console as built', () => {
  it.each(['OverviewPage', 'SignInPage'])('loads less than 300 kB of scripts before %s is there', (page) => {
    const english = read(entries()[0] ?? '').match(/assets\/messages-[\w-]+\.js/g) ?? []
    const paths = staticallyLoaded([...entries(), pageScript(page), ...new Set(english)])
    const sizes = paths.map((path) => gzipSync(read(path), { level: 9 }).length)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(paths.length).toBeGreaterThan(3)
    expect(total).toBeLessThan(LIMIT)
    // A measure that finds next to nothing proves nothing.
    expect(total).toBeGreaterThan(50_000)
  })

  it('has no inline script and no inline style, which its content security policy would stop', () => {
    const page = read('index.html')
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/)
    expect(page.match(/<script(?![^>]*\ssrc=)/g)).toBeNull()
  })

  it('asks nobody else for icons, fonts or scripts', () => {
    expect(read('index.html')).not.toMatch(/https?:\/\//)
    for (const path of staticallyLoaded(entries())) expect(read(path)).not.toMatch(/api\.iconify\.design|fonts\.g/)
  })
})
