import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { leaveOut } from './peer/leave-out.ts'

/** How each file system is made in an image. */
const MAKERS = {
  ext4: ['mkfs.ext4', '-q', '-F', '-m', '0'],
  xfs: ['mkfs.xfs', '-q', '-f'],
} as const

/**
 * A folder on a disk of its own with a real file system; gone after the test. Undefined where that cannot be, which is
 * told in the end.
 */
export function mountDiskImage(type: keyof typeof MAKERS, bytes: number): string | undefined {
  if (process.getuid?.() !== 0) {
    leaveOut(`a disk with ${type}`, 'not root')
    return undefined
  }
  const home = mkdtempSync(join(tmpdir(), 'holdfast-image-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const [image, folder] = [join(home, 'image'), join(home, 'folder')]
  mkdirSync(folder)
  writeFileSync(image, '')
  truncateSync(image, bytes)
  const [maker, ...args] = MAKERS[type]
  const made = spawnSync(maker, [...args, image], { encoding: 'utf8' })
  if (made.error) {
    leaveOut(`a disk with ${type}`, `${maker} not installed`)
    return undefined
  }
  if (made.status !== 0) throw new Error(`${maker} failed: ${made.stderr}`)
  const mounted = spawnSync('mount', ['-t', type, '-o', 'loop', image, folder], { encoding: 'utf8' })
  if (mounted.status !== 0) {
    leaveOut(`a disk with ${type}`, 'this machine cannot mount one')
    return undefined
  }
  onTestFinished(() => void spawnSync('umount', [folder]))
  return folder
}
