import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Reacher, resolveTarget } from '../../core/identity/index.ts'
import { type Craft, createCraft, craftNode } from '../support/crafted-tree.ts'
import { leaveOut } from '../support/peer/leave-out.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

let scene: RestoreScene
let craft: Craft
let home: string
let user: Reacher
const mounted: string[] = []
beforeEach(async () => {
  scene = await makeRestoreScene()
  craft = createCraft(scene.repository)
  home = realpathSync(scene.home)
  for (const name of ['allowed/folder', 'data/catalog', 'precious']) mkdirSync(at(name), { recursive: true })
  user = { isAdministrator: false, roots: [at('allowed')] }
})
afterEach(() => {
  // Before the folders are removed: whatever is mounted would be, too.
  for (const path of mounted.splice(0))
    if (spawnSync('umount', [path]).status !== 0) throw new Error(`${path} is mounted`)
  scene[Symbol.dispose]()
})

const at = (name: string): string => join(home, name)
const resolve = async (name: string): Promise<string> =>
  String(await resolveTarget(Buffer.from(at(name)), { user, dataFolder: Buffer.from(at('data')) }))

/** Restores a link to `precious` as `name`, where he may. */
async function restoreLink(name: string, target: string): Promise<void> {
  const tree = craft.tree(craftNode(name, { type: 'symlink', linkTarget: Buffer.from(target), content: null }))
  await craft.store()
  expect((await scene.restore(tree, at('allowed'))).problems).toEqual([])
}

async function restoreFile(to: string, folder?: string): Promise<readonly string[]> {
  const file = craft.tree(craft.file('planted', 'planted'))
  const tree = folder === undefined ? file : craft.tree(craft.folder(folder, file))
  await craft.store()
  // As whoever restores for somebody to a target that was checked.
  return (await scene.restore(tree, to, { holdsToPath: true })).problems
}

function bind(what: string, name: string): boolean {
  mkdirSync(at(name))
  const { status } = spawnSync('mount', ['--bind', at(what), at(name)])
  if (status === 0) mounted.push(at(name))
  else leaveOut('bind mounts of the data folder', 'this machine cannot mount')
  return status === 0
}

describe('a user who may restore to one folder, by a link that he restored into it', () => {
  it.each(['../precious', '../precious/new', '../data', '/etc'])(
    '(%s) cannot restore to where it leads',
    async (target) => {
      await restoreLink('link', target)
      for (const name of ['allowed/link', 'allowed/link/x', 'allowed/folder/../link'])
        await expect(resolve(name)).rejects.toThrow(expect.objectContaining({ code: 'policy/forbidden' }) as Error)
    },
  )

  it('cannot restore through it to where it leads', async () => {
    await restoreLink('link', '../precious')
    expect(await restoreFile(await resolve('allowed'), 'link')).not.toEqual([])
    expect(readdirSync(at('precious'))).toEqual([])
  })

  it('cannot have a second restore, which was checked before, follow it', async () => {
    const checked = await resolve('allowed/later')
    await restoreLink('later', '../precious')
    await expect(restoreFile(checked)).rejects.toThrow(expect.objectContaining({ code: 'target/refused' }) as Error)
    expect(existsSync(at('precious/planted'))).toBe(false)
  })
})

describe('a bind mount in the folder that somebody may restore to', () => {
  it.each([
    ['the data folder', 'data', 'allowed/mounted'],
    ['a folder of the data folder', 'data', 'allowed/mounted/catalog'],
    ['what is to be a folder of it', 'data', 'allowed/mounted/new'],
    ['what the data folder lies in', '.', 'allowed/mounted'],
    ['the data folder in what it lies in', '.', 'allowed/mounted/data/new'],
  ])('does not make %s reachable', async (_, what, wanted) => {
    if (!bind(what, 'allowed/mounted')) return
    await expect(resolve(wanted)).rejects.toThrow(expect.objectContaining({ code: 'policy/forbidden' }) as Error)
  })

  it('of anything else is a folder like any other', async () => {
    if (!bind('precious', 'allowed/mounted')) return
    expect(await resolve('allowed/mounted/new')).toBe(at('allowed/mounted/new'))
  })
})
