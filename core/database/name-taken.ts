import { CoreError } from '../base/index.ts'

/** Somebody else has the name. */
export function nameTaken(what: string, name: string): CoreError {
  return new CoreError('object/conflict', `There is a ${what} called ${name} already.`, {
    safety: 'Nothing was changed.',
    remedy: 'Choose another name.',
    context: { field: 'name' },
  })
}
