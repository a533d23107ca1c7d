import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Reporter, TestModule } from 'vitest/node'

import { PROGRAM } from './program.ts'

const VARIABLE = 'HOLDFAST_GIVEN_OPTIONS'

const COMMANDS =
  'init,backup,restore,image backup,image restore,snapshots,ls,dump,find,diff,unlock,forget,prune,repair index,repair packs,repair snapshots,rewrite,tag,copy,stats,check,key list,key add,key remove,key passwd'.split(
    ',',
  )

/** What several commands take from one place in the code: given to one of them, it is given. */
const SHARED = new Set(
  '--repo,--repository-file,--password-file,--password-command,--retry-lock,--json,--quiet,--help,--host,--tag,--path,--no-lock,--workers,--dry-run'.split(
    ',',
  ),
)

/** Notes what the program is started with, for `GivenOptionsReporter`. */
export function noteGiven(args: readonly string[]): void {
  const path = process.env[VARIABLE]
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(args)}\n`)
}

/** After a run of all tests: fails it where some option of some command was given by none of them. */
export class GivenOptionsReporter implements Reporter {
  readonly #testFiles: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-given-'))

  /** `testFiles`: how many there are. Of a part of them nothing is asked. */
  constructor(testFiles: number) {
    this.#testFiles = testFiles
    process.env[VARIABLE] = join(this.#folder, 'list')
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const given = this.#take()
    const isAll = modules.length === this.#testFiles
    // What a suite that was left out would have given nobody knows.
    if (!isAll || modules.some((module) => [...module.children.allTests('skipped')].some(isForPeers))) return
    const missing = COMMANDS.flatMap((command) => missingOf(command, given))
    if (missing.length === 0) return
    process.stderr.write(`\nGiven by no test:\n${missing.map((option) => `  ${option}\n`).join('')}`)
    process.exitCode = 1
  }

  #take(): readonly (readonly string[])[] {
    try {
      const lines = readFileSync(join(this.#folder, 'list'), 'utf8').trim().split('\n')
      return lines.map((line) => JSON.parse(line) as string[])
    } catch {
      return []
    } finally {
      rmSync(this.#folder, { recursive: true, force: true })
    }
  }
}

function isForPeers({ fullName }: { readonly fullName: string }): boolean {
  return fullName.includes('not installed)')
}

/** Options of a command that were not given to it, in their long form or their short one. */
export function missingOf(command: string, given: readonly (readonly string[])[]): string[] {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'repo', ...command.split(' '), '--help'], {
    encoding: 'utf8',
  })
  const words = command.split(' ')
  const ofCommand = given.filter(
    ([group, ...rest]) =>
      group === 'repo' && words.every((word, at) => rest.filter((each) => !each.startsWith('-'))[at] === word),
  )
  const options = [...stdout.matchAll(/^ {2}(?:(-\w), )?(--[a-z0-9-]+)/gm)]
  return options
    .filter(([, short, long = '']) => {
      const among = SHARED.has(long) ? given : ofCommand
      return !among.some((args) => args.some((arg) => arg === short || arg === long || arg.startsWith(`${long}=`)))
    })
    .map(([, , long = '']) => `${command} ${long}`)
}
