import { spawnSync } from 'node:child_process'

import { describe, expect, it } from 'vitest'

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

describe('completion', () => {
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

  it.each(['zsh', 'fish'])('knows the same commands for %s', (shell) => {
    const { stdout } = spawnSync(process.execPath, [PROGRAM, 'completion', shell], { encoding: 'utf8' })
    for (const word of ['vault', 'export-kit', 'passwd', 'keep-months']) expect(stdout).toContain(word)
  })

  it('is refused for a shell that nobody knows', () => {
    expect(bash(`${HOLDFAST} completion tcsh`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('bash, zsh or fish') as unknown,
    })
  })
})
