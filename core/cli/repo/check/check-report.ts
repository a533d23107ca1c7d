import { formatCount } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import type { Affected, Finding } from '../../../maintenance/index.ts'
import type { Output } from '../../output.ts'

/**
 * Tells what a check finds: to programs as it is found, to people at the end, those together that mean the same and ask for
 * the same.
 */
export interface CheckReport {
  finding(finding: Finding): void
  affected(affected: Affected): void
  finish(): void
}

/** Of findings of one group, and of paths in one snapshot. */
const SHOWN = 10

interface Group {
  count: number
  readonly first: Finding[]
}

interface Losses {
  count: number
  more: boolean
  readonly first: string[]
}

export function createCheckReport(output: Output): CheckReport {
  const groups = new Map<string, Group>()
  const snapshots = new Map<string, Losses>()

  function showGroup({ count, first }: Group): void {
    const [example] = first
    if (!example) return
    const show = (line: string): void => (example.severity === 'damage' ? output.warn(line) : output.say(line))
    for (const { message } of first) show(`${example.severity}: ${message}`)
    if (count > first.length) show(`  … and ${formatCount(count - first.length)} more like these.`)
    show(`  ${example.meaning}`)
    show(`  ${example.remedy}`)
  }

  return {
    finding(finding) {
      const { kind, severity, object, message, meaning, restorable, remedy } = finding
      output.emit({ message_type: 'finding', kind, severity, object, message, meaning, restorable, remedy })
      const sort = `${kind}\n${severity}\n${meaning}\n${remedy}`
      const group = groups.get(sort) ?? { count: 0, first: [] }
      groups.set(sort, group)
      group.count++
      if (group.first.length < SHOWN) group.first.push(finding)
    },
    affected({ snapshot, path, kind, andMore }) {
      const shown = printable(path)
      output.emit({ message_type: 'affected', snapshot, kind, path: shown, and_more: andMore })
      const losses = snapshots.get(snapshot) ?? { count: 0, more: false, first: [] }
      snapshots.set(snapshot, losses)
      losses.count++
      losses.more ||= andMore
      if (losses.first.length < SHOWN) losses.first.push(kind === 'folder' ? `${shown} and all below it` : shown)
    },
    finish() {
      if (output.json) return
      const inOrder = [...groups.values()].toSorted((a, b) => Number(isDamage(b)) - Number(isDamage(a)))
      for (const group of inOrder) showGroup(group)
      for (const [snapshot, { count, more, first }] of snapshots) {
        output.warn(`Snapshot ${snapshot.slice(0, 10)} cannot be restored whole. Lost:`)
        for (const path of first) output.warn(`  ${path}`)
        if (count > first.length) {
          output.warn(`  … and ${more ? 'more than ' : ''}${formatCount(count - first.length)} others.`)
        }
      }
    },
  }
}

function isDamage({ first }: Group): boolean {
  return first[0]?.severity === 'damage'
}
