import { expect, it } from 'vitest'

import { defaultLogFolder, stateFolder } from '../../../../core/cli/own-folders.ts'

it.each([
  { user: 0, env: { XDG_STATE_HOME: '/state' }, folder: '/var/log/holdfast/FS/backup' },
  { user: 1000, env: { XDG_STATE_HOME: '/state' }, folder: '/state/holdfast/FS/backup' },
  { user: 1000, env: { XDG_STATE_HOME: '' }, folder: '/home/ada/.local/state/holdfast/FS/backup' },
  { user: 1000, env: { XDG_STATE_HOME: 'here' }, folder: '/home/ada/.local/state/holdfast/FS/backup' },
  { user: 1000, env: {}, folder: '/home/ada/.local/state/holdfast/FS/backup' },
  { user: undefined, env: {}, folder: '/home/ada/.local/state/holdfast/FS/backup' },
])('FS-18: user $user with $env lists missed files below $folder', ({ user, env, folder }) => {
  expect(defaultLogFolder({ user, env, home: '/home/ada' })).toBe(folder)
})

it.each([
  [{ user: 0, env: {} }, '/var/lib/holdfast/state'],
  [{ user: 0, env: { HOLDFAST_STATE_DIR: '/mine' } }, '/mine'],
  [{ user: 0, env: { HOLDFAST_STATE_DIR: 'relative' } }, '/var/lib/holdfast/state'],
  [{ user: 1000, env: { HOLDFAST_STATE_DIR: '' } }, '/home/ada/.local/state/holdfast'],
  [{ user: 1000, env: { XDG_STATE_HOME: '/state' } }, '/state/holdfast'],
])('what %j is remembered in %s', ({ user, env }, folder) => {
  expect(stateFolder({ user, env, home: '/home/ada' })).toBe(folder)
})
