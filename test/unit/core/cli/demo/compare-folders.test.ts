import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { compareFolders } from '../../../../../core/cli/demo/compare-folders.ts'

const THEN = 1_700_000_000

describe('two folders', () => {
  let home: string
  let right: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-compare-'))
    right = join(home, 'right')
    mkdirSync(join(home, 'left/deep'), { recursive: true })
    writeFileSync(join(home, 'left/deep/file'), 'content')
    utimesSync(join(home, 'left/deep/file'), THEN, THEN)
    symlinkSync('deep/file', join(home, 'left/link'))
    cpSync(join(home, 'left'), right, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const differences: Record<string, [() => void, string]> = {
    'one byte': [
      () => {
        writeFileSync(join(right, 'deep/file'), 'cantent')
        utimesSync(join(right, 'deep/file'), THEN, THEN)
      },
      'deep/file',
    ],
    'a modification time': [() => utimesSync(join(right, 'deep/file'), THEN, THEN + 1), 'deep/file'],
    'a mode': [() => chmodSync(join(right, 'deep/file'), 0o700), 'deep/file'],
    'an entry that is missing': [() => rmSync(join(right, 'deep/file')), 'deep/file'],
    'an entry more': [() => writeFileSync(join(right, 'more'), ''), 'more'],
    'a link elsewhere': [
      () => {
        rmSync(join(right, 'link'))
        symlinkSync('deep', join(right, 'link'))
      },
      'link',
    ],
  }

  it('are the same', async () => {
    expect(await compareFolders(join(home, 'left'), right)).toEqual({ entries: 3, differences: [] })
  })

  it.each(Object.keys(differences))('differ in %s', async (title) => {
    const [change, path] = differences[title] ?? [() => undefined, '']
    change()
    expect((await compareFolders(join(home, 'left'), right)).differences).toEqual([path])
  })
})
