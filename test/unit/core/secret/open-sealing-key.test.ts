import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createSealingKey, openSealingKey } from '../../../../core/secret/index.ts'
import { isRoot, NOBODY, rootOnly } from '../../../support/privilege.ts'

let dataFolder: string
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'holdfast-key-'))
})
afterEach(() => rmSync(dataFolder, { recursive: true }))

const keyFile = (): string => join(dataFolder, 'key')
const open = (environment = {}) => openSealingKey({ dataFolder, environment })
const noKey = (message: string) =>
  expect.objectContaining({
    code: 'secret/no-key',
    message: expect.stringContaining(message) as unknown,
    remedy: expect.any(String) as unknown,
  }) as Error

describe('the key file', () => {
  it('is made the first time, for nobody else to read, and nothing else is left', async () => {
    const { fingerprint } = await open()
    expect(readdirSync(dataFolder)).toEqual(['key'])
    expect(lstatSync(keyFile()).mode & 0o7777).toBe(0o600)
    expect(readFileSync(keyFile())).toHaveLength(32)
    expect(createSealingKey(readFileSync(keyFile())).fingerprint).toBe(fingerprint)
  })

  it('is the same from then on', async () => {
    const sealed = (await open()).seal('plain', 'c')
    expect((await open()).open(sealed, 'c')).toBe('plain')
  })

  it('is one, however many start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 30 }, () => open()))
    expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(readdirSync(dataFolder)).toEqual(['key'])
  })

  it('is refused as a link, even to a good key', async () => {
    await open()
    renameSync(keyFile(), join(dataFolder, 'other'))
    symlinkSync('other', keyFile())
    await expect(open()).rejects.toThrow(noKey('is a symbolic link'))
  })

  it('is refused as a dangling link, and nothing is made where that leads', async () => {
    symlinkSync('elsewhere', keyFile())
    await expect(open()).rejects.toThrow(noKey('is a symbolic link'))
    expect(readdirSync(dataFolder)).toEqual(['key'])
  })

  it.each([0o640, 0o604, 0o620, 0o601, 0o644])('is refused when others may use it: %o', async (mode) => {
    await open()
    chmodSync(keyFile(), mode)
    await expect(open()).rejects.toThrow(noKey(`its mode is ${mode.toString(8)}`))
  })

  it.skipIf(!isRoot)(`is refused when it belongs to somebody else${rootOnly}`, async () => {
    await open()
    chownSync(keyFile(), NOBODY, NOBODY)
    await expect(open()).rejects.toThrow(noKey(`belongs to user ${NOBODY}`))
  })

  it.each([0, 31, 33])('is refused with %i bytes, and stays as it is', async (length) => {
    await open()
    truncateSync(keyFile(), length)
    await expect(open()).rejects.toThrow(noKey('does not have 32 bytes'))
    expect(readFileSync(keyFile())).toHaveLength(length)
  })

  it('is refused as a folder', async () => {
    mkdirSync(keyFile(), 0o700)
    await expect(open()).rejects.toThrow(noKey('is no file'))
  })

  it('is missed in words where there is no data folder', async () => {
    rmSync(dataFolder, { recursive: true })
    await expect(open()).rejects.toThrow(noKey('cannot be made'))
    mkdirSync(dataFolder)
  })
})

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => 255 - at))
const give = (content: string | Buffer) => {
  mkdirSync(join(dataFolder, 'credentials'))
  writeFileSync(join(dataFolder, 'credentials/holdfast-key'), content)
  return open({ CREDENTIALS_DIRECTORY: join(dataFolder, 'credentials') })
}

describe("systemd's credential", () => {
  it.each([
    ['as it is', key],
    ['in base64', key.toString('base64')],
    ['in base64 with a line end', `${key.toString('base64')}\n`],
    ['in base64url', key.toString('base64url')],
  ])('is the key, %s, and no file is made', async (_, content) => {
    expect((await give(content)).fingerprint).toBe(createSealingKey(key).fingerprint)
    expect(readdirSync(dataFolder)).toEqual(['credentials'])
  })

  it.each(['', 'short', 'not base64 but forty-four letters long, yes!!', `${key.toString('base64')}AAAA`])(
    'is refused as %j, and no key is drawn in its place',
    async (content) => {
      await expect(give(content)).rejects.toThrow(noKey('is no key'))
      expect(readdirSync(dataFolder)).toEqual(['credentials'])
    },
  )

  it('is preferred to the file', async () => {
    const { fingerprint } = await open()
    expect((await give(key)).fingerprint).not.toBe(fingerprint)
  })

  it('need not be there: the service may have other credentials', async () => {
    mkdirSync(join(dataFolder, 'credentials'))
    await open({ CREDENTIALS_DIRECTORY: join(dataFolder, 'credentials') })
    expect(readdirSync(dataFolder)).toContain('key')
  })
})
