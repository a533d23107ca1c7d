import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openDirectoryNote } from '../../core/storage/index.ts'
import { temporaryFolder } from './fixture.ts'
import { describeNote } from './note.ts'

async function repository(): Promise<string> {
  const folder = temporaryFolder()
  await writeFile(join(folder, 'config'), 'a repository')
  return folder
}

describeNote('a folder', async () => {
  const folder = await repository()
  return () => openDirectoryNote(folder, 'holdfast-owner')
})

describe('a note in a folder that is not there', () => {
  it('is neither read nor written: the bare mount point of a disk is no place', async () => {
    const folder = await repository()
    await rm(join(folder, 'config'))
    const note = openDirectoryNote(folder, 'holdfast-owner')
    await expect(note.read()).rejects.toMatchObject({ code: 'storage/unreachable' })
    await expect(note.replace(undefined, Buffer.from('one'))).rejects.toMatchObject({ code: 'storage/unreachable' })
  })
})
