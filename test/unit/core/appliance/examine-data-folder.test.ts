import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { examineDataFolder, openAppliance, openDataFolder, silentLog } from '../../../../core/appliance/index.ts'
import { systemChance, systemClock } from '../../../../core/base/index.ts'

describe('what is looked at before a start', () => {
  let root: string
  let folder: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-examine-'))
    folder = join(root, 'data')
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  /** What is there: names, modes, times and contents. */
  function state(path = root): unknown[] {
    const { mode, mtimeMs, ctimeMs } = statSync(path)
    const own = [path, mode, mtimeMs, ctimeMs]
    if (!statSync(path).isDirectory()) return [...own, readFileSync(path).toString('hex')]
    return [
      own,
      ...readdirSync(path)
        .toSorted()
        .map((name) => state(join(path, name))),
    ]
  }

  /** Looks, proves that nothing was made or changed by that, and says what was found of each object. */
  async function examine(path = folder): Promise<Record<string, string>> {
    const before = state()
    const { findings } = await examineDataFolder({ path, environment: {} })
    expect(state()).toEqual(before)
    return Object.fromEntries(
      findings.map((finding) => [finding.object, finding.state === 'problem' ? finding.error.code : finding.state]),
    )
  }

  /** Starts an appliance, and ends it again. */
  async function start(): Promise<void> {
    await using data = await openDataFolder(folder)
    const appliance = await openAppliance({
      folder: data,
      environment: {},
      version: '0.0.0-test',
      log: silentLog(),
      clock: systemClock,
      chance: systemChance,
    })
    await appliance.close()
  }

  function store(settings: string): void {
    using catalog = new DatabaseSync(join(folder, 'catalog.db'))
    catalog.prepare(`INSERT OR REPLACE INTO setting (key, value) VALUES ('settings', ?)`).run(settings)
  }

  it('is a folder that could be made, and is not', async () => {
    expect(await examine()).toEqual({ 'data-folder': 'good' })
    expect(await examine(join(root, 'a', 'b', 'c'))).toEqual({ 'data-folder': 'good' })
    expect(await examine('/proc/nowhere')).toEqual({ 'data-folder': 'service/unavailable' })
    writeFileSync(join(root, 'file'), '')
    expect(await examine(join(root, 'file', 'data'))).toEqual({ 'data-folder': 'service/unavailable' })
    expect(await examine(join(root, 'file'))).toEqual({ 'data-folder': 'service/unavailable' })
  })

  it('is an empty folder, in which no key, no catalog and no log is made', async () => {
    mkdirSync(folder, { mode: 0o755 })
    expect(await examine()).toEqual({
      'data-folder': 'hint',
      running: 'good',
      key: 'good',
      catalog: 'good',
      settings: 'good',
    })
  })

  it('is a folder of somebody else, which is left alone', async () => {
    mkdirSync(folder)
    writeFileSync(join(folder, 'letter.txt'), 'Dear Sirs,\n')
    expect(await examine()).toEqual({ 'data-folder': 'input/invalid' })
  })

  it('is the folder of an appliance, and whether one runs there now', async () => {
    await start()
    expect(await examine()).toEqual({
      'data-folder': 'good',
      running: 'good',
      key: 'good',
      catalog: 'good',
      settings: 'good',
    })
    await using data = await openDataFolder(folder)
    expect(data.path).toBe(folder)
    expect(await examine()).toEqual({ 'data-folder': 'good', running: 'service/busy' })
  })

  it('is each setting: the field that cannot be used is named, and what to do, as the start itself would', async () => {
    await start()
    store('{"mostRuns": 0}')
    expect(await examine()).toMatchObject({ catalog: 'good', settings: 'input/invalid' })
    const { findings } = await examineDataFolder({ path: folder, environment: {} })
    expect(findings.at(-1)).toMatchObject({
      error: {
        message: expect.stringContaining('The setting mostRuns in the catalog cannot be used') as unknown,
        remedy: expect.stringContaining('sqlite3 catalog.db') as unknown,
        context: { field: 'mostRuns' },
      },
    })
    await expect(start()).rejects.toMatchObject({ code: 'input/invalid', context: { field: 'mostRuns' } })
    store('no JSON at all')
    expect(await examine()).toMatchObject({ settings: 'input/invalid' })
    await expect(start()).rejects.toMatchObject({ code: 'input/invalid' })
  })

  it('is how the appliance would be reached, which says where its port has to be free', async () => {
    await start()
    store('{"listen": {"reach": "network", "hosts": ["nas.example"]}}')
    const { listen } = await examineDataFolder({ path: folder, environment: {} })
    expect(listen).toEqual({ reach: 'network', hosts: ['nas.example'] })
  })

  it('is the key: one that is gone, that others may read, or that has sealed nothing here', async () => {
    await start()
    const key = join(folder, 'key')
    const right = readFileSync(key)
    chmodSync(key, 0o644)
    expect(await examine()).toMatchObject({ key: 'secret/no-key' })
    rmSync(key)
    expect(await examine()).toMatchObject({ key: 'secret/no-key' })
    writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o600 })
    expect((await examine())['key']).toMatch(/^secret\//)
    writeFileSync(key, right)
    expect(await examine()).toMatchObject({ key: 'good' })
  })

  it('is a catalog that is damaged, or of a newer version', async () => {
    await start()
    const file = join(folder, 'catalog.db')
    copyFileSync(file, join(root, 'kept'))
    {
      using catalog = new DatabaseSync(file)
      catalog.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01')`)
    }
    expect(await examine()).toMatchObject({ catalog: 'catalog/newer' })
    writeFileSync(file, 'this is no catalog, and long enough to be taken for one by nobody at all')
    expect(await examine()).toMatchObject({ catalog: 'catalog/damaged' })
    copyFileSync(join(root, 'kept'), file)
    // Somebody was killed who had it open.
    writeFileSync(`${file}-wal`, 'what was written last')
    expect(await examine()).toMatchObject({ catalog: 'hint' })
  })
})
