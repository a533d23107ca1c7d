import { describe, expect, it } from 'vitest'

import { createListedFolders } from '../../../../../../core/cli/repo/ls/listed-folders.ts'

describe('the folders that ls was asked for', () => {
  it('are all of them where none was named', () => {
    const listed = createListedFolders([], false)
    expect([listed.listsAll, listed.lists('/a/b'), listed.enters('/a'), listed.missing()]).toEqual([
      true,
      true,
      true,
      [],
    ])
  })

  it('list themselves and what is right in them, as restic does', () => {
    const listed = createListedFolders(['/home/ada/'], false)
    expect(listed.enters('/home')).toBe(true)
    expect(listed.lists('/home')).toBe(false)
    expect(listed.lists('/home/ada')).toBe(true)
    expect(listed.enters('/home/ada')).toBe(true)
    expect(listed.lists('/home/ada/file')).toBe(true)
    expect(listed.enters('/home/ada/folder')).toBe(false)
    expect(listed.lists('/home/adamant')).toBe(false)
    expect(listed.enters('/home/adamant')).toBe(false)
  })

  it('list what is below with --recursive', () => {
    const listed = createListedFolders(['/home/ada'], true)
    expect(listed.enters('/home/ada/folder')).toBe(true)
    expect(listed.enters('/home/adamant')).toBe(false)
    expect(createListedFolders(['/'], true).enters('/anything/at all')).toBe(true)
    expect(createListedFolders(['/'], false).enters('/anything')).toBe(false)
  })

  it('are reported where they never came, the root never', () => {
    const listed = createListedFolders(['/a', '/b', '/'], false)
    listed.lists('/a')
    expect(listed.missing()).toEqual(['/b'])
  })

  it('name bytes: what is not ASCII is compared as UTF-8', () => {
    const listed = createListedFolders(['/größe'], false)
    expect(listed.lists('/gr\xc3\xb6\xc3\x9fe')).toBe(true)
  })

  it('have to be named from the root', () => {
    expect(() => createListedFolders(['home'], false)).toThrow(expect.objectContaining({ code: 'input/invalid' }))
  })
})
