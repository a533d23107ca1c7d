import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { describeWith } from '../support/peer/describe-with.ts'
import { PROGRAM } from '../support/program.ts'

const HOLDFAST = `${process.execPath} ${PROGRAM}`

function bash(script: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** What bash offers behind these words, the last of which is not whole. */
function offered(...words: string[]): string[] {
  const { status, stdout, stderr } = bash(`
    source <(${HOLDFAST} completion bash)
    COMP_WORDS=(holdfast ${words.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${words.length}
    _holdfast
    printf '%s\\n' "\${COMPREPLY[@]}"`)
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion of bash', () => {
  it('is loaded by bash', () => {
    expect(bash(`source <(${HOLDFAST} completion bash); complete -p holdfast`)).toEqual({
      status: 0,
      stdout: 'complete -o default -F _holdfast holdfast\n',
      stderr: '',
    })
  })

  it.each([
    [['vau'], ['vault']],
    [['setup', '--link'], ['--link-file']],
    [
      ['vault', 'p'],
      ['probe', 'prune'],
    ],
    [['vault', 'add', 'first', '/backup', '--att'], ['--attach']],
    [['vault', '--json', 'li'], ['list']],
    [['repo', 'key', 'pass'], ['passwd']],
    [
      ['policy', 'edit', 'nightly', '--keep-'],
      ['--keep-days', '--keep-weeks', '--keep-months', '--keep-years'],
    ],
    [['completion', 'x'], []],
  ])('offers behind %j what there is', (words, expected) => {
    expect(offered(...words)).toEqual(expected)
  })

  it('is refused for a shell that nobody knows', () => {
    expect(bash(`${HOLDFAST} completion tcsh`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('bash, zsh or fish') as unknown,
    })
  })
})

/** What a shell is given to load, in a file of its own: both stand in the environment. */
function withScript(shell: string, args: readonly string[], given: readonly string[]): string[] {
  const printed = spawnSync(process.execPath, [PROGRAM, 'completion', shell], { encoding: 'utf8' })
  expect([printed.status, printed.stderr]).toEqual([0, ''])
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-completion-'))
  try {
    const script = join(folder, `_holdfast.${shell}`)
    writeFileSync(script, printed.stdout)
    const { status, stdout, stderr } = spawnSync(shell, [...args, ...given], {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb', SCRIPT: script },
    })
    expect([status, stderr]).toEqual([0, ''])
    return stdout.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// A shell of its own at a terminal of its own, whose Tab is pressed. Ctrl-X then prints what stands on the line.
const PRESS_TAB = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -Uz compinit; compinit -D -u; source $SCRIPT && print loaded-$((1 + 1))'
zpty -r -m shell out '*loaded-2*' || exit 1
zpty -w shell 'show() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^X" show; bindkey "^I" complete-word; print bound-$((1 + 1))'
zpty -r -m shell out '*bound-2*' || exit 1
for words in "$@"; do
  zpty -w -n shell "holdfast $words"$'\\t\\x18'
  zpty -r -m shell out '*<<*>>*' || exit 1
  print -r -- "\${\${out##*<<}%%>>*}"
done`

describeWith(['zsh'], 'completion of zsh', () => {
  it.each([
    ['vau', 'vault '],
    ['setup --link', 'setup --link-file '],
    ['vault pro', 'vault probe '],
    ['vault add first /backup --att', 'vault add first /backup --attach '],
    ['vault --json li', 'vault --json list '],
    ['repo key pass', 'repo key passwd '],
    ['policy edit nightly --keep-mo', 'policy edit nightly --keep-months '],
    ['completion x', 'completion x'],
  ])('completes %j at a terminal', (words, whole) => {
    expect(withScript('zsh', ['-f', '-c', PRESS_TAB, 'zsh'], [words])).toEqual([`holdfast ${whole}`])
  })

  it('is loaded from a folder of functions, too', () => {
    const load =
      'cp $SCRIPT _holdfast; fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[holdfast]'
    expect(withScript('zsh', ['-f', '-c', load], [])).toEqual(['_holdfast'])
  })
})

describeWith(['fish'], 'completion of fish', () => {
  it.each([
    ['vau', ['vault']],
    ['setup --link', ['--link-file']],
    ['vault p', ['probe', 'prune']],
    ['vault add first /backup --att', ['--attach']],
    ['vault --json li', ['list']],
    ['repo key pass', ['passwd']],
    ['policy edit nightly --keep-', ['--keep-days', '--keep-months', '--keep-weeks', '--keep-years']],
    ['completion x', []],
  ])('offers behind %j what there is', (words, expected) => {
    const script = 'source $SCRIPT; or exit 1; complete -C "holdfast $argv"'
    const told = withScript('fish', ['--no-config', '-c', script], [words]).map((line) => line.split('\t'))
    expect(told.map(([word]) => word)).toEqual(expected)
    // Each says what it does.
    for (const [, what] of told) expect(what).toMatch(/\w+ \w+/)
  })
})
