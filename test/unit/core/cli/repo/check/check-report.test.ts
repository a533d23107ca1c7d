import { expect, it } from 'vitest'

import { createCheckReport } from '../../../../../../core/cli/repo/check/check-report.ts'
import type { Finding } from '../../../../../../core/maintenance/index.ts'
import { recordOutput } from '../../../../../support/recorded-output.ts'

function damaged(name: string, meaning: string): Finding {
  return {
    kind: 'pack-damaged',
    severity: 'damage',
    object: { kind: 'pack', name },
    message: `Pack ${name} is damaged.`,
    meaning,
    restorable: 'rest',
    remedy: 'Repair it.',
  }
}

it('says of each finding what it means, though others of its kind mean something else', () => {
  const lines: string[] = []
  const report = createCheckReport({ ...recordOutput().output, json: false, warn: (line) => void lines.push(line) })
  report.finding(damaged('1', 'Nothing is lost.'))
  report.finding(damaged('2', 'What is in it is lost.'))
  report.finding(damaged('3', 'Nothing is lost.'))
  report.finish()
  expect(lines).toEqual([
    'damage: Pack 1 is damaged.',
    'damage: Pack 3 is damaged.',
    '  Nothing is lost.',
    '  Repair it.',
    'damage: Pack 2 is damaged.',
    '  What is in it is lost.',
    '  Repair it.',
  ])
})
