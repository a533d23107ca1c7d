import type { RunStep } from '../../../core/contract/index.ts'

export interface PlacedStep {
  readonly step: RunStep
  /** 0: it is part of no other. */
  readonly depth: number
}

/** Steps with their parts behind them, in the order in which they began. One whose whole is not known is one of its own. */
export function stepTree(steps: readonly RunStep[]): PlacedStep[] {
  const ids = new Set(steps.map(({ id }) => id))
  const parts = Map.groupBy(steps, ({ parent }) => (parent !== null && ids.has(parent) ? parent : null))
  const placed: PlacedStep[] = []
  place(null, 0)
  return placed

  function place(parent: number | null, depth: number): void {
    for (const step of parts.get(parent) ?? []) {
      placed.push({ step, depth })
      place(step.id, depth + 1)
    }
  }
}
