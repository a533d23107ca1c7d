import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { systemCode } from '../../base/index.ts'
import { type Handle, isFileName } from '../../storage/index.ts'
import { JOURNALLED_KINDS } from './file-state.ts'

/**
 * Each tombstone once more, as an empty file of its own: what is to be deleted must be known also where the journal is
 * lost, or the rebuilt one would take what is still in the cloud for files that nobody ever removed.
 *
 * Whoever changes anything here holds the journal's write lock, so that the two never part while both are there.
 */
export class TombstoneFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Durable when this returns. */
  add(handle: Handle): void {
    if (mkdirSync(this.#folder, { recursive: true, mode: 0o700 }) !== undefined) flush(dirname(this.#folder))
    closeSync(openSync(this.#pathOf(handle), 'w', 0o600))
    flush(this.#folder)
  }

  /** Durable when this returns. Whether there was one. */
  remove(handle: Handle): boolean {
    try {
      unlinkSync(this.#pathOf(handle))
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false
      throw error
    }
    flush(this.#folder)
    return true
  }

  all(): Handle[] {
    try {
      return readdirSync(this.#folder).flatMap(handleOf)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return []
      throw error
    }
  }

  #pathOf({ kind, name }: Handle): string {
    return join(this.#folder, name === '' ? kind : `${kind}-${name}`)
  }
}

function handleOf(file: string): Handle[] {
  if (file === 'config') return [{ kind: 'config', name: '' }]
  const [, found, name = ''] = /^([a-z]+)-(.*)$/.exec(file) ?? []
  const kind = JOURNALLED_KINDS.find((each) => each === found)
  return kind !== undefined && kind !== 'config' && isFileName(name) ? [{ kind, name }] : []
}

function flush(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
