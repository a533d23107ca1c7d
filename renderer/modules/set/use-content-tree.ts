import { computed, type ComputedRef, onScopeDispose, shallowRef, watch } from 'vue'

import type { Content } from '../../../core/contract/index.ts'
import { isAbort, toProblem, useClient, useLive } from '../../client/index.ts'
import { rowsOf, type TreeFolder, type TreeRow } from './content-tree.ts'

/** Milliseconds without a further key, before the preview follows what is typed. */
const PAUSE = 350
const PAGE = 200

export interface ContentTree {
  readonly rows: ComputedRef<TreeRow[]>
  readonly toggle: (path: string) => void
  readonly more: (path: string) => void
  readonly retry: (path: string) => void
}

/** The folders of a source, asked for when they are opened; each entry says whether the content would have it. */
export function useContentTree(sourceId: () => string | undefined, content: () => Content): ContentTree {
  const client = useClient()
  const folders = shallowRef<ReadonlyMap<string, TreeFolder>>(new Map())
  const open = shallowRef<ReadonlySet<string>>(new Set())
  let current = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  function set(path: string, change: Partial<TreeFolder>): void {
    const before = folders.value.get(path) ?? { entries: [], next: null, isLoading: false, problem: undefined }
    folders.value = new Map(folders.value).set(path, { ...before, ...change })
  }

  /** From the start, or behind what is there. What is there stays until the answer comes. */
  async function load(path: string, isFurther = false): Promise<void> {
    const id = sourceId()
    if (id === undefined) return
    const { signal } = current
    const known = folders.value.get(path)
    const cursor = isFurther ? known?.next : undefined
    set(path, { isLoading: true, problem: undefined })
    try {
      const { excludes, excludeLargerThan } = content()
      const page = await client.sources.browse(
        { id, path, limit: PAGE, content: { excludes, excludeLargerThan }, ...(cursor ? { cursor } : {}) },
        { signal },
      )
      if (signal.aborted) return
      const before = isFurther ? (folders.value.get(path)?.entries ?? []) : []
      set(path, { entries: [...before, ...page.items], next: page.next, isLoading: false })
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) set(path, { isLoading: false, problem: toProblem(error).message })
    }
  }

  function restart(keepsFolders: boolean): void {
    current.abort()
    current = new AbortController()
    if (!keepsFolders) {
      folders.value = new Map()
      open.value = new Set()
    }
    void load('/')
    for (const path of open.value) void load(path)
  }

  function toggle(path: string): void {
    const next = new Set(open.value)
    if (!next.delete(path)) {
      next.add(path)
      if (!folders.value.has(path)) void load(path)
    }
    open.value = next
  }

  watch(sourceId, () => restart(false), { immediate: true })
  watch(
    () => JSON.stringify([content().excludes, content().excludeLargerThan]),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => restart(true), PAUSE)
    },
  )
  useLive((event) => {
    if (event.type === 'resync') restart(true)
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    current.abort()
  })

  return {
    rows: computed(() => rowsOf({ folders: folders.value, open: open.value, roots: content().roots })),
    toggle,
    more: (path) => void load(path, true),
    retry: (path) => void load(path),
  }
}
