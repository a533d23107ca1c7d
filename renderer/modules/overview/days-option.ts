import type { BarSeriesOption } from 'echarts/charts'
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'

type Option = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption>

const KEYS = ['succeeded', 'warning', 'failed'] as const
type Key = (typeof KEYS)[number]

/** As `app/colors.css` has them: a canvas does not know its names. */
const COLORS: Readonly<Record<'light' | 'dark', Readonly<Record<Key | 'text' | 'line', string>>>> = {
  light: { succeeded: '#16a34a', warning: '#d97706', failed: '#dc2626', text: '#475569', line: '#e2e8f0' },
  dark: { succeeded: '#22c55e', warning: '#fbbf24', failed: '#f87171', text: '#cbd5e1', line: '#334155' },
}

/** A bar a day, of runs by how they ended; the bad ones on top, where they are seen. */
export function daysOption({
  days,
  labels,
  names,
  isDark,
}: {
  readonly days: readonly Readonly<Record<Key, number>>[]
  readonly labels: readonly string[]
  readonly names: Readonly<Record<Key, string>>
  readonly isDark: boolean
}): Option {
  const colors = COLORS[isDark ? 'dark' : 'light']
  const text = { color: colors.text }
  return {
    animation: false,
    grid: { left: 8, right: 8, top: 32, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: text, icon: 'rect' },
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'shadow' } },
    xAxis: {
      type: 'category',
      data: [...labels],
      axisLabel: { ...text, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colors.line } },
    },
    yAxis: { type: 'value', minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colors.line } } },
    series: KEYS.map((key) => ({
      name: names[key],
      type: 'bar',
      stack: 'runs',
      barMaxWidth: 28,
      color: colors[key],
      data: days.map((day) => day[key]),
    })),
  }
}
