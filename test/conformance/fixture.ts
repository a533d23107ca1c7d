import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import type { FileInfo, FileKind, Handle, Storage } from '../../core/storage/index.ts'

export const CONFIG: Handle = { kind: 'config', name: '' }

/** A handle whose name follows from `seed` alone. */
export function handle(kind: FileKind, seed: string | number): Handle {
  return { kind, name: createHash('sha256').update(String(seed)).digest('hex') }
}

export function randomBody(size: number): Uint8Array {
  return randomFillSync(new Uint8Array(size))
}

/** A body whose first and last bytes tell which one it is, for telling whole files from torn ones. */
export function numberedBody(size: number, number: number): Uint8Array {
  return new Uint8Array(size).fill(number)
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

export async function listAll(storage: Storage, kind: FileKind): Promise<FileInfo[]> {
  const files: FileInfo[] = []
  for await (const file of storage.list(kind)) files.push(file)
  return files
}

export async function listNames(storage: Storage, kind: FileKind): Promise<string[]> {
  return (await listAll(storage, kind)).map((file) => file.name).toSorted()
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-storage-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
