import type { Problem } from '../../client/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

/** A problem in words: the appliance's own, where it said something, and else those of the console. */
export function wordsOf(problem: Problem, { t, known, language }: Text): Pick<Problem, 'message' | 'remedy'> {
  if (problem.kind === 'OFFLINE') {
    const message = problem.reason.startsWith('http/') ? t('problem.http') : t('problem.offline')
    return { message, remedy: t('problem.offlineRemedy') }
  }
  // What it says names the object, and comes in English: other languages are told first what kind of thing it is.
  const kind = language.value === 'en' ? undefined : known('problem.reason', problem.reason)
  const message = kind === undefined ? problem.message : `${kind}: ${problem.message}`
  return { message, remedy: problem.remedy }
}
