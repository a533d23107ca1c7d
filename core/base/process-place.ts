import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

import { systemCode } from './error.ts'

/** Where process numbers mean the same processes: the host and the container. What nobody can tell is empty. */
export function processPlace(): string {
  return `${hostname()}\0${readOrNothing(() => readlinkSync('/proc/self/ns/pid'))}`
}

/** The same since the kernel was started. Empty where nobody can tell. */
export function bootId(): string {
  return readOrNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
}

function readOrNothing(read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return ''
  }
}
