import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { isRoot, ordinaryOnly, ordinaryUser, rootOnly } from '../support/privilege.ts'

const INSTALL = join(import.meta.dirname, '../support/peer/install.ts')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-peers-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs it where there is no program but an apt-get that ends so, and says what it was given. */
function install(aptEndsWith: number, uid: number | undefined) {
  const apt = join(folder, 'apt-get')
  writeFileSync(apt, `#!/bin/sh\necho "given: $*"\nexit ${aptEndsWith}\n`)
  chmodSync(apt, 0o755)
  const { status, stdout, stderr } = spawnSync(process.execPath, [INSTALL], {
    env: { PATH: folder },
    encoding: 'utf8',
    uid,
  })
  return { status, stdout, stderr }
}

describe('installing the peers of tests', () => {
  it(`root installs what is missing, without asking${rootOnly}`, { skip: !isRoot }, () => {
    const { status, stdout } = install(0, undefined)
    expect(status).toBe(0)
    expect(stdout).toContain('given: update --quiet\n')
    expect(stdout).toMatch(/^given: install --yes --quiet --no-install-recommends .*\brestic\b/m)
  })

  it(`a failure to install fails the run${rootOnly}`, { skip: !isRoot }, () => {
    const { status, stderr } = install(100, undefined)
    expect(status).toBe(1)
    expect(stderr).toContain('apt-get update --quiet ended with 100: test peers are missing')
  })

  it(`anybody else is told the line to run, and goes on${ordinaryOnly}`, { skip: ordinaryOnly !== '' }, () => {
    const { status, stdout } = install(0, ordinaryUser)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Not installed, so their suites are left out: .*\brestic\b.*\.\n/)
    expect(stdout).toMatch(/^To run them: apt-get install .*\brestic\b/m)
    expect(stdout).not.toContain('given:')
  })
})
