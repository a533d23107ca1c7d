import { CoreError } from '../base/index.ts'

/** A repository's `config` (restic design.rst, "Repository Layout"). Never gets further fields: restic would drop them. */
export interface Config {
  /** 2; 1 for repositories from before restic 0.14, which are read only. */
  readonly version: 1 | 2
  /** 64 hexadecimal digits, drawn once. */
  readonly id: string
  /** The irreducible polynomial over GF(2) that content is cut with, in hexadecimal. */
  readonly chunkerPolynomial: string
}

export function encodeConfig({ version, id, chunkerPolynomial }: Config): Buffer {
  return Buffer.from(JSON.stringify({ version, id, chunker_polynomial: chunkerPolynomial }))
}

/** Throws `repository/damaged`, or `repository/unsupported` for a version of the future. */
export function decodeConfig(plain: Buffer): Config {
  const { version, id, chunker_polynomial: chunkerPolynomial } = parseObject(plain, 'config')
  if (typeof version !== 'number') throw new CoreError('repository/damaged', 'The config has no version.')
  if (version !== 1 && version !== 2) {
    throw new CoreError('repository/unsupported', `The repository has format version ${version}.`, {
      safety: 'Stored data is safe; nothing was changed.',
      remedy: 'Holdfast reads versions 1 and 2. Use a newer Holdfast, or restic itself.',
    })
  }
  if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) {
    throw new CoreError('repository/damaged', 'The config has no usable id.')
  }
  if (typeof chunkerPolynomial !== 'string' || !/^[0-9a-f]{1,16}$/.test(chunkerPolynomial)) {
    throw new CoreError('repository/damaged', 'The config has no usable chunker polynomial.')
  }
  return { version, id, chunkerPolynomial }
}

/** Parses a small JSON object. `what` names it in the error. */
export function parseObject(plain: Buffer, what: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(plain.toString('utf8'))
  } catch {
    // No cause: V8 quotes the text in its message, and this may be a master key.
    throw new CoreError('repository/damaged', `The ${what} is not JSON.`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new CoreError('repository/damaged', `The ${what} is not a JSON object.`)
}
