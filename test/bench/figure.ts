/** Something that was measured, and how much it may be. */
export interface Figure {
  readonly name: string
  readonly unit: 'ms' | 'MB' | '%'
  /** What was measured, once a round. All of them count: the first after a start is not let off. */
  readonly values: readonly number[]
  /** Undefined where it is only told. */
  readonly most?: number | undefined
}

const worst = ({ values }: Figure): number => Math.max(...values)

/** As a line of the report. */
export function toldFigure(figure: Figure): string {
  const { name, unit, values, most } = figure
  const all = values.map((value) => value.toFixed(value < 10 ? 1 : 0)).join(', ')
  return `${name}: ${worst(figure).toFixed(1)} ${unit}${most === undefined ? '' : ` (at most ${most})`}, of ${all}`
}

/** What is to be said where it was too much, or was not measured. */
export function missOf(figure: Figure): string[] {
  const { name, unit, values, most } = figure
  if (values.length === 0) return [`${name}: not measured`]
  if (most === undefined || worst(figure) <= most) return []
  return [`${name}: ${worst(figure).toFixed(1)} ${unit}, must be at most ${most} ${unit}`]
}
