type Part = readonly [name: string, value: string]

/** What is said otherwise than before, in the order of what is said now: `Keeps: all of 30 days → all of 60 days`. */
export function changedParts(before: readonly Part[], after: readonly Part[]): Part[] {
  const old = new Map(before)
  return after.flatMap(([name, value]): Part[] => {
    const was = old.get(name) ?? ''
    return was === value ? [] : [[name, `${was || 'nothing'} → ${value || 'nothing'}`]]
  })
}
