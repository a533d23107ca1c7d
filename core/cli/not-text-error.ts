import { argumentBytes, CoreError } from '../base/index.ts'
import { printable } from '../file-system/index.ts'

/** The error of an argument that is not UTF-8, where only text is taken. */
export function notTextError(argument: string): CoreError {
  return new CoreError('input/invalid', `The argument ${printable(argumentBytes(argument))} is not UTF-8.`, {
    safety: 'Nothing was changed.',
    remedy:
      'Only targets, patterns and pattern files of `repo backup` may be named by any bytes. Name it through a symbolic link, or a folder above it.',
  })
}
