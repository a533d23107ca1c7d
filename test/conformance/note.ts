import { beforeEach, describe, expect, it } from 'vitest'

import type { SharedNote } from '../../core/storage/index.ts'

const text = (body: Uint8Array | undefined) => body && Buffer.from(body).toString()

/** What every `SharedNote` owes. `open` opens the same note each time, of a repository that is there and has none yet. */
export function describeNote(name: string, begin: () => Promise<() => SharedNote>): void {
  describe(`a note in ${name}`, () => {
    let open: () => SharedNote
    beforeEach(async () => {
      open = await begin()
    })

    it('is not there, is written, and read by others', async () => {
      using note = open()
      expect(await note.read()).toBeUndefined()
      expect(await note.replace(undefined, Buffer.from('one'))).toBe(true)
      using other = open()
      expect(text((await other.read())?.body)).toBe('one')
    })

    it('is replaced by who has seen what is there, and by nobody else', async () => {
      using note = open()
      using other = open()
      await note.replace(undefined, Buffer.from('one'))
      expect(await other.replace(undefined, Buffer.from('two'))).toBe(false)
      const seen = await other.read()
      const old = await note.read()
      expect(await other.replace(seen, Buffer.from('two'))).toBe(true)
      expect(await note.replace(old, Buffer.from('three'))).toBe(false)
      expect(text((await note.read())?.body)).toBe('two')
    })

    it('is whole, and of one of those who wrote it at once', async () => {
      const notes = Array.from({ length: 8 }, () => open())
      const told = await Promise.all(notes.map((note, n) => note.replace(undefined, Buffer.from(`writer ${n}`))))
      const there = text((await notes[0]?.read())?.body)
      expect(there).toMatch(/^writer \d$/)
      expect(told[Number(there?.at(-1))]).toBe(true)
      notes.forEach((note) => note[Symbol.dispose]())
    })

    it('of more than 64 KiB is not read', async () => {
      using note = open()
      await note.replace(undefined, Buffer.alloc(64 * 1024))
      const most = await note.read()
      expect(most?.body.length).toBe(64 * 1024)
      await expect(note.replace(most, Buffer.alloc(64 * 1024 + 1))).rejects.toMatchObject({ code: 'storage/too-large' })
      await expect(note.read()).rejects.toMatchObject({ code: 'storage/too-large' })
    })

    it('is given up at once where its signal is aborted', async () => {
      using note = open()
      const signal = AbortSignal.abort(new Error('enough'))
      await expect(note.read({ signal })).rejects.toThrow('enough')
      await expect(note.replace(undefined, Buffer.from('one'), { signal })).rejects.toThrow('enough')
      expect(await note.read()).toBeUndefined()
    })
  })
}
