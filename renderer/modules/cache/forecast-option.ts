import type { LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'

import type { Forecast } from '../../../core/contract/index.ts'

type Option = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>

/** As `app/colors.css` has them: a canvas does not know its names. */
const COLORS = {
  light: { line: '#2563eb', bad: '#dc2626', text: '#475569', grid: '#e2e8f0' },
  dark: { line: '#60a5fa', bad: '#f87171', text: '#cbd5e1', grid: '#334155' },
} as const

const DAY = 86_400_000
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** In which unit an axis up to so many bytes is read best, and how many bytes that is. */
function axisUnit(bytes: number): { readonly name: string; readonly size: number } {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  return { name: UNITS[power] ?? 'B', size: 1024 ** power }
}

/** How much waits at a moment between two points: in a straight line. Milliseconds since the epoch; bytes. */
export function waitingAt(points: Forecast['points'], at: number): number {
  const next = points.findIndex((point) => Date.parse(point.at) > at)
  const before = points[(next === -1 ? points.length : next) - 1]
  const after = points[next]
  if (before === undefined) return after?.bytes ?? 0
  if (after === undefined) return before.bytes
  const [from, to] = [Date.parse(before.at), Date.parse(after.at)]
  return before.bytes + ((at - from) / (to - from)) * (after.bytes - before.bytes)
}

/** What would wait, as a line from now on; days count from now, as that is where all of it begins. */
export function forecastOption({
  points,
  isBad,
  isDark,
  dayText,
  pointText,
}: {
  readonly points: Forecast['points']
  /** It grows without end. */
  readonly isBad: boolean
  readonly isDark: boolean
  /** A moment of the axis, and one that is pointed at: RFC 3339. */
  readonly dayText: (at: string) => string
  readonly pointText: (at: string, bytes: number) => string
}): Option {
  const colors = COLORS[isDark ? 'dark' : 'light']
  const line = isBad ? colors.bad : colors.line
  const text = { color: colors.text }
  const from = Date.parse(points[0]?.at ?? '')
  const unit = axisUnit(Math.max(0, ...points.map(({ bytes }) => bytes)))
  const instantOf = (days: number): string => new Date(from + days * DAY).toISOString()
  return {
    animation: false,
    grid: { left: 8, right: 24, top: 28, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      formatter: (shown) => {
        const [first] = Array.isArray(shown) ? shown : [shown]
        const [days = 0, amount = 0] = (first?.value ?? []) as number[]
        return pointText(instantOf(days), amount * unit.size)
      },
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: 28,
      interval: 7,
      axisLabel: { ...text, formatter: (days: number) => dayText(instantOf(days)), hideOverlap: true },
      axisLine: { lineStyle: { color: colors.grid } },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    yAxis: {
      type: 'value',
      name: unit.name,
      nameTextStyle: { ...text, align: 'right' },
      axisLabel: text,
      splitLine: { lineStyle: { color: colors.grid } },
    },
    series: [
      {
        type: 'line',
        showSymbol: false,
        color: line,
        lineStyle: { width: 1.5 },
        areaStyle: { opacity: 0.15 },
        data: points.map(({ at, bytes }) => [(Date.parse(at) - from) / DAY, bytes / unit.size]),
      },
    ],
  }
}
