import { CoreError } from '../../base/index.ts'

/** There is no such object, or it was removed. */
export function noSuch(what: string, id: string): CoreError {
  return new CoreError('object/not-found', `There is no such ${what}.`, {
    safety: 'Nothing was changed.',
    remedy: `Look at the list: the ${what} may have been removed meanwhile.`,
    context: { object: id },
  })
}

/** A field of the input that makes no sense. */
export function badField(field: string, message: string, remedy: string): CoreError {
  return new CoreError('input/invalid', message, { safety: 'Nothing was changed.', remedy, context: { field } })
}

/** It cannot be done as things are. */
export function conflict(message: string, remedy: string): CoreError {
  return new CoreError('object/conflict', message, { safety: 'Nothing was changed.', remedy })
}

/** Backup sets need it. All of them are named: each has to be seen to before it can go. */
export function usedBySets(name: string, sets: readonly { readonly name: string }[], remedy: string): CoreError {
  return conflict(`${name} is used by ${sets.map((set) => set.name).join(', ')}.`, remedy)
}
