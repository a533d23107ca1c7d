import { computed, type ComputedRef, nextTick, onMounted, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'

import { makeRowTops, type RowTops, scrollTo, speedOf, type TallWindow, tallWindow } from '../../ui/row-tops.ts'

export interface TallListOptions<T> {
  readonly scroller: Readonly<Ref<HTMLElement | null>>
  readonly items: () => readonly T[]
  /** Pixels, where the list is so wide. Asked once for each item and width. */
  readonly heightOf: (item: T, width: number) => number
  /** Near the end of what is there. */
  readonly onEnd: () => void
}

export interface TallList {
  readonly shown: ComputedRef<TallWindow>
  readonly active: Ref<number>
  readonly onScroll: () => void
  /** Moves by a key; false where it is none of the list's. */
  readonly move: (key: string) => boolean
}

const END = 200

/** The rows of a list that may be a million long, of which only those near what is seen are in the page. */
export function useTallList<T>({ scroller, items, heightOf, onEnd }: TallListOptions<T>): TallList {
  const tops = shallowRef<{ rows: RowTops }>({ rows: makeRowTops() })
  const top = ref(0)
  const height = ref(600)
  const width = ref(0)
  const active = ref(0)
  let measured: readonly T[] = []
  let measuredWidth = 0

  /** Measures what came, or everything where it is another list or as wide as it was not before. */
  function measure(): void {
    const all = items()
    if (width.value === 0) return
    const isLonger = measured.length > 0 && all.length >= measured.length && all[0] === measured[0]
    const isSame = isLonger && measuredWidth === width.value && all[measured.length - 1] === measured.at(-1)
    const rows = isSame ? tops.value.rows : makeRowTops()
    for (let index = rows.count; index < all.length; index += 1) {
      const item = all[index]
      if (item !== undefined) rows.add(heightOf(item, width.value))
    }
    if (!isLonger) {
      active.value = 0
      if (scroller.value) scroller.value.scrollTop = 0
      top.value = 0
    }
    measured = all
    measuredWidth = width.value
    tops.value = { rows }
    void nextTick(askForMore)
  }

  const shown = computed(() => tallWindow(tops.value.rows, { top: top.value, height: height.value }))

  function askForMore(): void {
    if (shown.value.until > tops.value.rows.count - END / 10) onEnd()
  }

  function onScroll(): void {
    top.value = scroller.value?.scrollTop ?? 0
    askForMore()
  }

  const observer = new ResizeObserver(() => {
    height.value = scroller.value?.clientHeight ?? 0
    width.value = scroller.value?.clientWidth ?? 0
    measure()
  })
  onMounted(() => scroller.value && observer.observe(scroller.value))
  onScopeDispose(() => observer.disconnect())
  watch(items, measure)

  const STEPS: Readonly<Record<string, () => number>> = {
    ArrowDown: () => active.value + 1,
    ArrowUp: () => active.value - 1,
    PageDown: () => tops.value.rows.rowAt(tops.value.rows.topOf(active.value) + height.value * 0.8),
    PageUp: () => tops.value.rows.rowAt(tops.value.rows.topOf(active.value) - height.value * 0.8),
    Home: () => 0,
    End: () => Infinity,
  }

  function move(key: string): boolean {
    const step = STEPS[key]
    if (step === undefined) return false
    const { rows } = tops.value
    active.value = Math.max(0, Math.min(rows.count - 1, step()))
    keepInSight(rows)
    return true
  }

  function keepInSight(rows: RowTops): void {
    const element = scroller.value
    if (!element) return
    const y = element.scrollTop * speedOf(rows, height.value)
    const begin = rows.topOf(active.value)
    const end = rows.topOf(active.value + 1)
    if (begin < y) element.scrollTop = scrollTo(rows, begin, height.value)
    else if (end > y + height.value) element.scrollTop = Math.ceil(scrollTo(rows, end - height.value, height.value))
    top.value = element.scrollTop
  }

  return { shown, active, onScroll, move }
}
