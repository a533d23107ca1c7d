import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs'

import { CoreError, reasonOf, systemCode } from '../../base/index.ts'

/**
 * Makes a file for this user alone (0600), has its content fetched, and writes it down to the disk. What is told only once
 * is not asked for before there is a place for it; a file that is there already is never overwritten.
 */
export async function writeSecretFile<T>(
  path: string,
  fetch: () => Promise<{ readonly text: string; readonly result: T }>,
): Promise<T> {
  const file = make(path)
  let isWritten = false
  try {
    const { text, result } = await fetch()
    writeFileSync(file, text)
    fsyncSync(file)
    isWritten = true
    return result
  } finally {
    closeSync(file)
    if (!isWritten) rmSync(path, { force: true })
  }
}

function make(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const isThere = systemCode(error) === 'EEXIST'
    throw new CoreError(
      'target/refused',
      isThere ? `${path} is there already.` : `${path} cannot be made: ${reasonOf(error)}.`,
      {
        ...(!isThere && { cause: error }),
        safety: 'It was left as it is, and nothing was asked for.',
        remedy: isThere ? 'Name another file.' : 'Name a file in a folder that you may write to.',
      },
    )
  }
}
