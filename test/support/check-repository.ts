import { type Affected, check, type Checked, type CheckOptions, type Finding } from '../../core/maintenance/index.ts'
import type { Repository } from '../../core/repository/index.ts'

export interface CheckOutcome {
  readonly checked: Checked
  readonly findings: readonly Finding[]
  readonly affected: readonly Affected[]
}

/** Checks with one worker, everything read unless told otherwise, and collects what is found. */
export async function checkRepository(
  repository: Repository,
  options: Partial<CheckOptions> = {},
): Promise<CheckOutcome> {
  const findings: Finding[] = []
  const affected: Affected[] = []
  const checked = await check(repository, {
    read: { type: 'all' },
    workers: 1,
    onFinding: (finding) => findings.push(finding),
    onAffected: (each) => affected.push(each),
    ...options,
  })
  return { checked, findings, affected }
}

/** Kind and object's name of each finding, in order. */
export function namesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, object }) => `${kind} ${object.name}`).toSorted()
}
