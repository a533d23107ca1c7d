import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, onTestFinished } from 'vitest'

/** `describe` for a suite that mounts small disks. Where that is not allowed it is left out, and its title says why. */
export function describeWithMounts(title: string, suite: () => void): void {
  const reason = whyNot()
  describe.skipIf(reason !== '')(reason === '' ? title : `${title} (left out: ${reason})`, suite)
}

/** A folder on a disk of its own, held in memory; gone after the test. `options` as of tmpfs(5). */
export function mountSmallDisk(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'))
  onTestFinished(() => unmount(folder))
  const { status, stderr } = mount(folder, options)
  if (status !== 0) throw new Error(stderr)
  return folder
}

/** Mounts another one on a folder that is there. It is gone when it is unmounted, which has to be before what it lies on. */
export function mountBelow(folder: string, options: string): { readonly unmount: () => void } {
  const { status, stderr } = mount(folder, options)
  if (status !== 0) throw new Error(stderr)
  return { unmount: () => void spawnSync('umount', [folder]) }
}

/** Makes a small disk read-only (`ro`), or writable again (`rw`), or changes what else it was mounted with. */
export function remount(folder: string, options: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${options}`, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

function mount(folder: string, options: string) {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { encoding: 'utf8' })
}

function unmount(folder: string): void {
  spawnSync('umount', [folder])
  rmdirSync(folder)
}

function whyNot(): string {
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root'
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'))
  const { status } = mount(folder, 'size=1m')
  unmount(folder)
  return status === 0 ? '' : 'this machine does not allow mounts'
}
