import type { Problem } from '../../client/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

/** A problem in words: the appliance's own, where it said something, and else those of the console. */
export function wordsOf(
  problem: Problem,
  { t, known }: Pick<Text, 't' | 'known'>,
): Pick<Problem, 'message' | 'remedy'> {
  if (problem.kind === 'OFFLINE') {
    const message = problem.reason.startsWith('http/') ? t('problem.http') : t('problem.offline')
    return { message, remedy: t('problem.offlineRemedy') }
  }
  return { message: known('problem.reason', problem.reason) ?? problem.message, remedy: problem.remedy }
}
