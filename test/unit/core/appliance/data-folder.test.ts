import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openDataFolder } from '../../../../core/appliance/index.ts'

describe('the data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-data-'))
    chmodSync(folder, 0o755)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const mode = (): number => statSync(folder).mode & 0o777
  async function open(): Promise<void> {
    const opened = await openDataFolder(folder)
    await opened[Symbol.asyncDispose]()
  }

  it('is never a folder in which somebody keeps something else, which stays as it is', async () => {
    for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) writeFileSync(join(folder, name), name)
    mkdirSync(join(folder, 'logs'))
    await expect(open()).rejects.toMatchObject({
      code: 'input/invalid',
      message: `${folder} is no data folder of Holdfast, and not empty: it holds a.txt, b.txt, c.txt and 1 more.`,
      context: { field: 'data-dir' },
    })
    expect([mode(), readdirSync(folder).toSorted()]).toEqual([0o755, ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'logs']])
  })

  it('is not one in which a single hidden file lies', async () => {
    writeFileSync(join(folder, '.profile'), '')
    await expect(open()).rejects.toMatchObject({ message: expect.stringMatching(/it holds \.profile\.$/) as unknown })
    expect(mode()).toBe(0o755)
  })

  it.each(['work', 'logs', 'tls'])('is not one in which somebody keeps something in %s', async (name) => {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'thesis.odt'), 'years of it')
    await expect(open()).rejects.toMatchObject({ code: 'input/invalid' })
    expect([mode(), readdirSync(join(folder, name))]).toEqual([0o755, ['thesis.odt']])
  })

  it.each([[[]], [['lost+found']], [['key']], [['state', 'lost+found']], [['logs', 'work']]])(
    'may be one with nothing but %j, and is closed to others',
    async (names) => {
      for (const name of names) mkdirSync(join(folder, name))
      await open()
      expect(mode()).toBe(0o700)
    },
  )

  it('stays one whatever somebody else has put there since', async () => {
    await open()
    writeFileSync(join(folder, 'notes.txt'), 'do not touch')
    await open()
  })

  it('is rid of what killed runs have left, and of nothing beside it', async () => {
    await open()
    mkdirSync(join(folder, 'work', 'verify-x', 'home'), { recursive: true })
    writeFileSync(join(folder, 'work', 'verify-x', 'home', 'salary.txt'), 'secret')
    const outside = mkdtempSync(join(tmpdir(), 'holdfast-outside-'))
    writeFileSync(join(outside, 'kept.txt'), 'kept')
    symlinkSync(outside, join(folder, 'work', 'link'))
    await open()
    expect(readdirSync(join(folder, 'work'))).toEqual([])
    expect(readdirSync(outside)).toEqual(['kept.txt'])
    rmSync(outside, { recursive: true })
  })
})
