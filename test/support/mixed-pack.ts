import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import type { BlobIndex, Repository } from '../../core/repository/index.ts'
import { storeIndex, storePack } from './craft.ts'
import type { Vault } from './vault.ts'

/** Stores a further copy of every blob, all of them in one pack, and removes the packs and indexes that there were. */
export async function storeMixedPack(repository: Repository, index: BlobIndex): Promise<void> {
  const { storage } = repository
  const blobs = []
  for (let entry = 0; entry < index.count; entry++) {
    const { type } = index.locate(entry)
    blobs.push({ type, plain: await repository.loadBlob(index, type, index.idOf(entry)) })
  }
  const old = { pack: [] as string[], index: [] as string[] }
  for (const kind of ['pack', 'index'] as const) {
    for await (const { name } of storage.list(kind)) old[kind].push(name)
  }
  await storeIndex(repository, await storePack(repository, blobs))
  for (const kind of ['pack', 'index'] as const) {
    for (const name of old[kind]) await storage.remove({ kind, name })
  }
}

/** Flips a bit in the largest data blob, which stays where it is. */
export async function damageBlob(
  vault: Vault,
  { storage }: Repository,
  index: BlobIndex,
): Promise<{ readonly pack: string; readonly content: { undo(): void } }> {
  await storage.stat({ kind: 'config', name: '' })
  let largest = 0
  for (let entry = 1; entry < index.count; entry++) {
    if (index.locate(entry).length > index.locate(largest).length) largest = entry
  }
  return flipBlob(vault, index, largest)
}

/** Flips a bit in the blob of an entry. */
export function flipBlob(
  vault: Pick<Vault, 'path'>,
  index: BlobIndex,
  entry: number,
): { readonly pack: string; readonly content: { undo(): void } } {
  const { pack, offset } = index.locate(entry)
  const name = index.packs.idOf(pack).toString('hex')
  const path = join(vault.path, 'data', name.slice(0, 2), name)
  const flip = (): void => {
    const file = openSync(path, 'r+')
    const byte = Buffer.alloc(1)
    readSync(file, byte, 0, 1, offset + 40)
    writeSync(file, Buffer.of((byte[0] ?? 0) ^ 4), 0, 1, offset + 40)
    closeSync(file)
  }
  flip()
  return { pack: name, content: { undo: flip } }
}

/** Stores a further copy of all blobs of a pack, and flips a bit in one of the copies of one of them. */
export async function damageOneOfTwo(vault: Vault, repository: Repository, which: number): Promise<void> {
  const index = await repository.loadIndex({ purpose: 'read' })
  if (index.count === 0) return
  const original = index.locate(which % index.count).pack
  const blobs = []
  for (let entry = 0; entry < index.count; entry++) {
    const { type, pack } = index.locate(entry)
    if (pack === original) blobs.push({ type, plain: await repository.loadBlob(index, type, index.idOf(entry)) })
  }
  const stored = await storePack(repository, blobs)
  await storeIndex(repository, stored)
  const both = await repository.loadIndex({ purpose: 'read' })
  const names = new Set([index.packs.idOf(original).toString('hex'), stored.name])
  const copies = Array.from({ length: both.count }, (_, entry) => entry).filter((entry) =>
    names.has(both.packs.idOf(both.locate(entry).pack).toString('hex')),
  )
  flipBlob(vault, both, copies[which % copies.length] ?? 0)
}
