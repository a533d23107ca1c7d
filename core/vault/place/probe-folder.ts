import { open, readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { formatBytes, makeFolder, reasonOf, systemCode } from '../../base/index.ts'
import { roomAt } from '../../file-system/index.ts'
import {
  clockFinding,
  contentFindings,
  finding,
  hasRepository,
  type PlaceProbe,
  type ProbeFinding,
  type ProbeOptions,
} from './probe-finding.ts'
import type { FolderLocation } from './vault-location.ts'

/** Less is too little to begin with. */
const LITTLE_ROOM = 10 * 2 ** 30
/** Looks at a place by writing there what is removed again. Nothing of what is there is changed. */
export async function probeFolder({ path }: FolderLocation, options: ProbeOptions): Promise<PlaceProbe> {
  const names = (await namesIn(path)) ?? []
  const findings: ProbeFinding[] = contentFindings(path, names)
  findings.push(...(await probeWriting(path, options)))
  const room = (await roomAt(path))?.bytesFree
  if (room !== undefined) findings.push(roomFinding(path, room))
  findings.push(...(await probeSameDisk(path, options.besides)))
  return { findings, hasRepository: hasRepository(names), bytesFree: room }
}

/** Undefined where the folder is not there. */
async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path)
  } catch {
    return undefined
  }
}

/** Writes a file, flushes it, looks what time the storage gave it, and removes it with what was made for it. */
async function probeWriting(path: string, { clock, chance }: ProbeOptions): Promise<ProbeFinding[]> {
  const file = join(path, `.holdfast-probe-${chance.fill(Buffer.alloc(8)).toString('hex')}`)
  let made: string | undefined
  try {
    made = await makeFolder(path, 0o700)
    await using handle = await open(file, 'wx', 0o600)
    await handle.writeFile('Holdfast looks whether it can write here.\n')
    await handle.sync()
    const clockOff = clockFinding((await handle.stat()).mtimeMs - clock.now())
    const writable = finding('writable', 'good', `${path} can be written to.`)
    return clockOff === undefined ? [writable] : [writable, clockOff]
  } catch (error) {
    const remedy =
      systemCode(error) === 'ENOSPC'
        ? 'Make room, or choose another disk.'
        : 'Check the path, that its disk is mounted, and that the service may write there.'
    return [finding('writable', 'problem', `${path} cannot be written to: ${reasonOf(error)}.`, remedy)]
  } finally {
    await unlink(file).catch(() => undefined)
    // Only what was made here, and only while it is empty.
    if (made !== undefined) await removeEmpty(path, made)
  }
}

/** `rmdir` removes nothing that holds anything. */
async function removeEmpty(path: string, first: string): Promise<void> {
  for (let at = path; at.length >= first.length; at = dirname(at)) {
    try {
      await rmdir(at)
    } catch {
      return
    }
  }
}

function roomFinding(path: string, room: number): ProbeFinding {
  const text = `${formatBytes(room)} are free.`
  return room < LITTLE_ROOM
    ? finding('free-space', 'hint', text, `Choose a larger disk, or make room on the one of ${path}.`)
    : finding('free-space', 'good', text)
}

async function probeSameDisk(path: string, besides: readonly string[]): Promise<ProbeFinding[]> {
  const own = await deviceAt(path)
  const same: string[] = []
  for (const other of besides) if (own !== undefined && (await deviceAt(other)) === own) same.push(other)
  const [first] = same
  if (first === undefined) return []
  return [
    finding(
      'same-disk',
      'hint',
      `It is on the same disk as ${first}: if that disk fails, both are lost.`,
      'Choose another disk, or bring copies elsewhere.',
    ),
  ]
}

async function deviceAt(path: string): Promise<bigint | undefined> {
  for (let at = path; ; at = dirname(at)) {
    try {
      return (await stat(at, { bigint: true })).dev
    } catch {
      if (at === dirname(at)) return undefined
    }
  }
}
