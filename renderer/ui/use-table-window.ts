import { computed, type ComputedRef, nextTick, onMounted, onScopeDispose, onUpdated, ref, type Ref, watch } from 'vue'

import { makeRowTops, scrollTo, tallWindow } from './row-tops.ts'

/** Rem of the room that a table has, before anybody has looked. */
const UNKNOWN = 80

export interface TableWindow {
  /** Which rows are in the page, and how much room those above and below them take. Pixels. */
  readonly shown: ComputedRef<{
    readonly from: number
    readonly until: number
    readonly above: number
    readonly below: number
  }>
  /** Of the table, in rem. */
  readonly width: Readonly<Ref<number>>
  /** How many rows are seen at once, about. */
  readonly page: ComputedRef<number>
  /** Scrolls so that a row is seen. */
  readonly keepInSight: (index: number) => void
}

/**
 * The rows of a long table that are in the page. A row is as high as what it holds: those that were seen are measured,
 * others are taken to be of a height that is guessed; what is being looked at stays where it is when a guess was wrong.
 */
export function useTableWindow(
  { scroller, body }: Readonly<Record<'scroller' | 'body', Readonly<Ref<HTMLElement | null>>>>,
  { keys, guessed, onLook }: { keys: () => readonly string[]; guessed: (width: number) => number; onLook: () => void },
): TableWindow {
  const top = ref(0)
  const height = ref(600)
  const width = ref(UNKNOWN)
  const heights = new Map<string, number>()
  const measured = ref(0)
  const guess = computed(() => guessed(width.value))
  const tops = computed(() => {
    void measured.value
    const made = makeRowTops()
    for (const key of keys()) made.add(heights.get(key) ?? guess.value)
    return made
  })
  // Scroll anchoring is off (`overflow-anchor`): the browser would take the room above for content that came in between.
  const shown = computed(() => {
    const { from, until, above, height: whole } = tallWindow(tops.value, { top: top.value, height: height.value })
    const below = Math.max(0, whole - above - (tops.value.topOf(until) - tops.value.topOf(from)))
    return { from, until, above, below }
  })

  function look(): void {
    const element = scroller.value
    if (!element) return
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    height.value = element.clientHeight
    width.value = element.clientWidth / rem
    top.value = element.scrollTop
    measure()
    onLook()
  }

  function measure(): void {
    const all = keys()
    let isOther = false
    for (const row of body.value?.querySelectorAll<HTMLElement>('tr[aria-rowindex]') ?? []) {
      const key = all[Number(row.getAttribute('aria-rowindex')) - 2]
      const { height: own } = row.getBoundingClientRect()
      if (key === undefined || own === 0 || Math.abs((heights.get(key) ?? guess.value) - own) < 0.5) continue
      heights.set(key, own)
      isOther = true
    }
    if (isOther) stay(() => (measured.value += 1))
  }

  /** Whatever changes above, the row at the top stays there. */
  function stay(change: () => void): void {
    const before = tops.value
    const first = before.rowAt(top.value)
    change()
    const moved = tops.value.topOf(first) - before.topOf(first)
    if (Math.abs(moved) >= 1) void nextTick(() => scroller.value?.scrollBy(0, moved))
  }

  const observer = new ResizeObserver(look)
  onMounted(() => {
    for (const element of [scroller.value, body.value]) if (element) observer.observe(element)
    scroller.value?.addEventListener('scroll', look, { passive: true })
  })
  onUpdated(measure)
  onScopeDispose(() => observer.disconnect())
  // In another width everything is of another height.
  watch([width, guess], () => {
    heights.clear()
    measured.value += 1
  })

  return {
    shown,
    width,
    page: computed(() => Math.max(1, Math.floor(height.value / guess.value) - 2)),
    keepInSight(index) {
      const element = scroller.value
      if (!element) return
      const from = tops.value.topOf(index)
      const until = tops.value.topOf(index + 1)
      const room = element.clientHeight - (body.value?.offsetTop ?? 0)
      if (from < top.value) element.scrollTop = scrollTo(tops.value, from, height.value)
      else if (until > top.value + room) element.scrollTop = scrollTo(tops.value, until - room, height.value)
      top.value = element.scrollTop
    },
  }
}
