import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'

import { CoreError } from '../../../base/index.ts'
import { openDirectoryStorage, type Storage, withRetry } from '../../../storage/index.ts'
import { OWN, type RepositoryRole } from '../password/repository-role.ts'

export interface NamedRepository {
  readonly repo?: string | undefined
  readonly repositoryFile?: string | undefined
}

/** Opens the storage that `--repo`, `--repository-file` or the environment names; or those of another role. */
export function openStorage({ repo, repositoryFile }: NamedRepository, role: RepositoryRole = OWN): Storage {
  const variable = `${role.variables}REPOSITORY`
  const location =
    repo ?? readRepositoryFile(repositoryFile ?? process.env[`${variable}_FILE`]) ?? process.env[variable]
  if (location === undefined || location === '') {
    throw new CoreError('input/invalid', `No ${role.noun} was named.`, {
      safety: 'Nothing was changed.',
      remedy: `Name one with ${role.repo}, or in the variable ${variable}.`,
    })
  }
  const scheme = /^([a-z][a-z0-9]{1,9}):/i.exec(location)?.[1]
  if (scheme !== undefined && scheme !== 'local') {
    throw new CoreError('input/invalid', `Repositories on ${scheme}: are not supported yet.`, {
      safety: 'Nothing was changed.',
      remedy: 'Give the path of a folder.',
    })
  }
  const path = scheme === 'local' ? location.slice('local:'.length) : location
  if (!isAbsolute(path) && process.cwd().includes('\ufffd')) {
    throw new CoreError(
      'input/invalid',
      'The name of the working folder is not UTF-8, and so cannot lead to a repository.',
      {
        safety: 'Nothing was changed.',
        remedy: 'Give the whole path of the repository, or work in another folder.',
      },
    )
  }
  return withRetry(openDirectoryStorage(path))
}

function readRepositoryFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new CoreError('input/invalid', `The repository file ${path} cannot be read.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Check its name and who may read it.',
    })
  }
}
