import { type FileHandle, open } from 'node:fs/promises'

import { type Abortable, argumentBytes, CoreError, systemCode } from '../../../base/index.ts'
import { shownArgument } from '../../byte-arguments.ts'
import type { Output } from '../../output.ts'

/** Where what is dumped goes. */
export interface DumpTarget {
  readonly name: string
  /** Bytes so far. */
  readonly written: number
  write(bytes: Buffer): Promise<void>
  /** Resolves when all of it is durable, where the target can be. */
  finish(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A file to be written from its start, or standard output. Throws `target/refused` or `target/full`. */
export async function openTarget(path: string | undefined, output: Output, options: Abortable): Promise<DumpTarget> {
  return path === undefined ? standardOutputTarget(output, options) : openFileTarget(path)
}

function standardOutputTarget(output: Output, options: Abortable): DumpTarget {
  let written = 0
  return {
    name: 'standard output',
    get written() {
      return written
    },
    async write(bytes) {
      await output.write(bytes, options)
      written += bytes.length
    },
    finish: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function openFileTarget(path: string): Promise<DumpTarget> {
  const file = await open(argumentBytes(path), 'w', 0o600).catch((error: unknown) => {
    throw targetFailure(path, error, 'Nothing was written.')
  })
  let written = 0
  return {
    name: shownArgument(path),
    get written() {
      return written
    },
    async write(bytes) {
      try {
        for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten
        written += bytes.length
      } catch (error) {
        throw targetFailure(path, error)
      }
    },
    async finish() {
      try {
        await flush(file)
      } catch (error) {
        throw targetFailure(path, error)
      }
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

/** Pipes and devices have nothing to flush, and say so. */
async function flush(file: FileHandle): Promise<void> {
  try {
    await file.sync()
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EROFS'].includes(systemCode(error) ?? '')) throw error
  }
}

function targetFailure(
  path: string,
  cause: unknown,
  safety = 'The repository is unharmed. What the file holds now is not complete.',
): CoreError {
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(cause) ?? '')
  return new CoreError(isFull ? 'target/full' : 'target/refused', `${shownArgument(path)} cannot be written to.`, {
    cause,
    safety,
    remedy: isFull ? 'Make room there, or name another file.' : 'Check its folder and who may write there.',
  })
}
