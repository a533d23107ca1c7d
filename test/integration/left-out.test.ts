import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
/** Inside the checkout, where vitest is found. */
const folder = join(ROOT, 'out/left-out-test')

/** Runs vitest on one file with this content. */
async function run(content: string): Promise<{ code: number; stdout: string; stderr: string }> {
  writeFileSync(join(folder, 'some.test.ts'), content)
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--config', join(folder, 'config.ts')],
      { env: { ...process.env, HOLDFAST_LEFT_OUT: undefined }, encoding: 'utf8' },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'config.ts'),
    `import { collectLeftOut } from '${ROOT}/test/support/peer/leave-out.ts'
import { LeftOutReporter } from '${ROOT}/test/support/peer/left-out-reporter.ts'
collectLeftOut()
export default { test: { include: ['some.test.ts'], reporters: [new LeftOutReporter()] } }
`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('what a run of tests leaves out', () => {
  it('is listed last with its reason: suites, tests, and what a test left out in its middle', async () => {
    const { code, stdout } = await run(`
      import { describe, it } from 'vitest'
      import { leaveOut } from '${ROOT}/test/support/peer/leave-out.ts'
      describe.skip('a suite (left out: restic not installed)', () => { it('of one test', () => undefined) })
      it('a test (left out: not root)', { skip: true }, () => undefined)
      it('a test that runs', () => { leaveOut('devices', 'not root'); leaveOut('devices', 'not root') })
    `)
    expect(code).toBe(0)
    expect(stdout).toBe(
      '\nLeft out:\n  a suite (left out: restic not installed)\n  a test (left out: not root)\n  devices (left out: not root)\n',
    )
  })

  it('fails the run where there is no reason', async () => {
    const { code, stderr } = await run(`
      import { it } from 'vitest'
      it('a test that runs', () => undefined)
      it.skip('a test that was in the way', () => undefined)
    `)
    expect(code).toBe(1)
    expect(stderr).toContain('Skipped without a reason:\n  a test that was in the way\n')
  })

  it('is nothing where all runs', async () => {
    const { code, stdout } = await run(`import { it } from 'vitest'\nit('runs', () => undefined)`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })
})
