import { spawnSync } from 'node:child_process'
import { accessSync } from 'node:fs'

import { describe } from 'vitest'

import { leaveOut } from './peer/leave-out.ts'
import { PROGRAM } from './program.ts'

/** Whether the tests run as root, which mounting, making devices and giving files away take. */
export const isRoot = process.getuid?.() === 0

/** Ends the title of a test that is skipped when not root. */
export const rootOnly = isRoot ? '' : ' (left out: not root)'

/** Does `work` where the tests run as root. Anybody else is told in the end that `what` was left out. */
export function asRoot(what: string, work: () => void): void {
  if (isRoot) work()
  else leaveOut(what, 'not root')
}

/** An ordinary user: nobody and nogroup on Debian. */
export const NOBODY = 65_534

/** Does `work`, as root, with an ordinary user's rights. */
export function asNobody<T>(work: () => T): T {
  process.setegid?.(NOBODY)
  process.seteuid?.(NOBODY)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}

/** A program and what it is given. */
export type Command = readonly [program: string, ...args: string[]]

/** The same command so that modes bind it as they bind anybody: root stays root, but may not read all files. */
export function boundByModes(command: Command): Command {
  return isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--', ...command] : command
}

/** `describe` for a suite that needs that. Where it is not to be had it is left out, and its title says why. */
export function describeBoundByModes(title: string, suite: () => void): void {
  const [program, ...args] = boundByModes(['true'])
  const isPossible = spawnSync(program, args).status === 0
  describe.skipIf(!isPossible)(isPossible ? title : `${title} (left out: setpriv cannot give up rights here)`, suite)
}

/** Who a program runs as that must not be root: undefined where that is so anyway. */
export const ordinaryUser = isRoot ? NOBODY : undefined

/** Ends the title of a test that is skipped where an ordinary user cannot run the program. */
export const ordinaryOnly = mayRunProgram() ? '' : ' (left out: an ordinary user may not read this checkout)'

function mayRunProgram(): boolean {
  return isRoot ? asNobody(seesProgram) : seesProgram()
}

function seesProgram(): boolean {
  try {
    accessSync(PROGRAM)
    accessSync(process.execPath)
    return true
  } catch {
    return false
  }
}
