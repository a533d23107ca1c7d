import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { goModeFromUnix, type Node } from '../../core/snapshot/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { type Craft, craftNode, createCraft } from '../support/crafted-tree.ts'
import { type Ended, jsonLines, runHoldfast } from '../support/holdfast.ts'
import { ordinaryOnly, ordinaryUser } from '../support/privilege.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

const USER = ordinaryUser ?? process.getuid?.() ?? 0
const GROUP = ordinaryUser ?? process.getgid?.() ?? 0
const OWN: Partial<Node> = { uid: USER, gid: GROUP }
const ROOTS = { uid: 0, gid: 0, mode: goModeFromUnix(0o104_755) }
const FILES = 25

describe.skipIf(ordinaryOnly !== '')(`a restore by an ordinary user${ordinaryOnly}`, () => {
  let scene: RestoreScene
  let craft: Craft

  beforeAll(async () => {
    scene = await makeRestoreScene()
    chmodSync(scene.home, 0o755)
    craft = createCraft(scene.repository)
  })
  afterAll(() => scene[Symbol.dispose]())

  /** A folder that belongs to the user. */
  function ownFolder(name: string): string {
    const path = scene.path(name)
    mkdirSync(path)
    chownSync(path, USER, GROUP)
    return path
  }

  async function snapshotOf(...nodes: readonly Node[]): Promise<string> {
    const tree = craft.tree(...nodes)
    await craft.store()
    const snapshot = await storeSnapshot(scene.repository, tree.toString('hex'))
    execFileSync('chown', ['-R', `${USER}:${GROUP}`, scene.location])
    return snapshot
  }

  const restore = (snapshot: string, target: string, ...options: string[]): Promise<Ended> =>
    runHoldfast(['repo', 'restore', '-r', scene.location, snapshot, '--target', target, '--no-lock', ...options], {
      env: { RESTIC_PASSWORD: scene.password },
      user: ordinaryUser,
    })

  it('brings all content back, names the owners that it may not give, lends no rights, and ends with 3', async () => {
    const files = Array.from({ length: FILES }, (_, at) => craft.file(`file-${at}`, `content ${at}`, ROOTS))
    const snapshot = await snapshotOf(...files, craft.file('own', 'own', { ...OWN, mode: ROOTS.mode }))
    const target = ownFolder('owners')
    const { code, stderr } = await restore(snapshot, target)
    const lines = stderr.trimEnd().split('\n')
    // Some of them, each once, and how many there are.
    expect(new Set(lines).size).toBe(lines.length)
    expect(lines.filter((line) => /^owner: file-\d+: EPERM/.test(line)).length).toBeLessThan(FILES)
    expect(lines.at(-1)).toBe(
      `The owner of ${FILES} entries could not be brought back. Only root may give files away: restore as root.`,
    )
    expect(code).toBe(3)
    for (let at = 0; at < FILES; at++) {
      const path = join(target, `file-${at}`)
      expect(readFileSync(path, 'utf8')).toBe(`content ${at}`)
      expect(lstatSync(path)).toMatchObject({ uid: USER, mode: 0o100_755 })
    }
    expect(lstatSync(join(target, 'own')).mode & 0o7777).toBe(0o4755)
    const again = await restore(snapshot, target, '--json')
    expect(again.code).toBe(3)
    const summary = { message_type: 'summary', problems: FILES, files_lost: 0 }
    expect(jsonLines(again.stdout).at(-1)).toMatchObject(summary)
  })

  it('ends with 0 where everything is the user’s own, folders that nobody may write to or enter included', async () => {
    const inner = craft.tree(craft.file('below', 'below', { ...OWN, mode: goModeFromUnix(0o100_444) }))
    const folder = (name: string, mode: number): Node =>
      craft.folder(name, inner, { ...OWN, mode: goModeFromUnix(0o040_000 | mode) })
    const snapshot = await snapshotOf(folder('closed', 0o000), folder('read-only', 0o555))
    const target = ownFolder('closed')
    for (const isThere of [false, true]) {
      expect(readdirSync(target)).toHaveLength(isThere ? 2 : 0)
      expect(await restore(snapshot, target)).toMatchObject({ code: 0, stderr: '' })
      expect(lstatSync(join(target, 'closed')).mode & 0o7777).toBe(0o000)
      expect(lstatSync(join(target, 'read-only')).mode & 0o7777).toBe(0o555)
    }
    expect(readFileSync(join(target, 'read-only/below'), 'utf8')).toBe('below')
  })

  it('puts another file in the place of a read-only one that differs', async () => {
    const node = craft.file('file', 'as it was', { ...OWN, mode: goModeFromUnix(0o100_444) })
    const snapshot = await snapshotOf(node)
    const target = ownFolder('differs')
    writeFileSync(join(target, 'file'), 'something')
    chownSync(join(target, 'file'), USER, GROUP)
    chmodSync(join(target, 'file'), 0o444)
    expect(await restore(snapshot, target)).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('as it was')
  })

  it('names what cannot be made at all, and ends with 1', async () => {
    const device = craftNode('device', { ...OWN, type: 'chardev', content: null, device: 0x103n })
    const snapshot = await snapshotOf(craft.file('file', 'fine', OWN), device)
    const target = ownFolder('devices')
    const { code, stderr } = await restore(snapshot, target)
    expect(code).toBe(1)
    expect(stderr).toContain('file: device: device cannot be made (EPERM)')
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('fine')
  })

  it('is refused a target that is not the user’s to make, with the next step', async () => {
    const snapshot = await snapshotOf(craft.file('file', 'fine', OWN))
    const closed = ownFolder('not writable')
    chmodSync(closed, 0o555)
    const target = join(closed, 'target')
    const { code, stderr } = await restore(snapshot, target)
    expect(code).toBe(1)
    expect(stderr).toContain(`${target} cannot be opened (EACCES)`)
    expect(stderr).toContain('the rights of the user that restores')
    const inside = await restore(snapshot, closed)
    expect(inside.code).toBe(1)
    expect(inside.stderr).toContain('file: file: file cannot be made (EACCES)')
  })
})
