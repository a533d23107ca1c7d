import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'

import { expect, it } from 'vitest'

import { openSystemCalls } from '../../../../core/file-system/index.ts'

/** Mappings of this process for which large pages were asked for (proc(5), smaps, VmFlags). */
const advised = (): number => readFileSync('/proc/self/smaps', 'latin1').match(/^VmFlags:.* hg\b/gm)?.length ?? 0

it('large pages are asked for, of the memory of WebAssembly too', () => {
  const memory = new Uint8Array(new WebAssembly.Memory({ initial: 128 }).buffer)
  const before = advised()
  const answer = openSystemCalls()?.useLargePages(memory)
  if (!existsSync('/sys/kernel/mm/transparent_hugepage')) {
    expect(answer).toBe(-constants.errno.EINVAL)
    return
  }
  expect(answer).toBe(0)
  expect(advised()).toBe(before + 1)
})
