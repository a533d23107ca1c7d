import { CoreError } from '../../../base/index.ts'
import { formatPolynomial, openRepository, parsePolynomial } from '../../../repository/index.ts'
import { readPassword } from '../password/password.ts'
import { SOURCE } from '../password/repository-role.ts'
import { sourceOf } from '../session/from-options.ts'
import { openStorage } from '../session/open-storage.ts'
import type { InitCommandOptions } from './init-options.ts'

/**
 * The chunker polynomial of the source, where it is asked for. Throws `repository/damaged` and `repository/unsupported`
 * where content cannot be cut with it, and as `openRepository` does. The source needs no lock: only its keys and its
 * config are read, which do not change.
 */
export async function chunkerOfSource(options: InitCommandOptions): Promise<string | undefined> {
  const from = sourceOf(options)
  if (!options.copyChunkerParams) {
    if (Object.values(from).every((value) => value === undefined)) return undefined
    throw new CoreError('input/invalid', 'A source was named, and nothing is taken from it.', {
      safety: 'Nothing was changed.',
      remedy: 'Give --copy-chunker-params, too, or leave out the options that begin with --from.',
    })
  }
  const storage = openStorage(from, SOURCE)
  const password = await readPassword(from, process.env, {}, SOURCE)
  const { config } = await openRepository(storage, password)
  try {
    return formatPolynomial(parsePolynomial(config.chunkerPolynomial))
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    throw new CoreError(error.code, `The source at ${storage.location} cannot be cut like: ${error.message}.`, {
      cause: error,
      safety: 'Nothing was changed. What is stored in the source can be restored and copied all the same.',
      remedy: 'Leave out --copy-chunker-params, or restore the file "config" of the source from a copy.',
    })
  }
}
