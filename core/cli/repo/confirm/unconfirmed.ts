import { CoreError } from '../../../base/index.ts'

/** What a command ends with where it stops before it removes something, for a person to confirm it with --yes (RET-22). */
export function unconfirmed(
  reasons: string,
  { safety = 'Nothing was removed.', remedy }: { readonly safety?: string; readonly remedy: string },
): CoreError {
  return new CoreError('policy/unconfirmed', `Stopped for a person to confirm it: ${reasons}.`, { safety, remedy })
}

/** The same in a dry run, which goes on. */
export function wouldStop(reasons: string): string {
  return `Without --yes this stops for a person to confirm it: ${reasons}.`
}
