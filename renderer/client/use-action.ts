import { type Ref, ref, shallowRef } from 'vue'

import { type Problem, toProblem } from './problem.ts'

export interface Action<A extends readonly unknown[], R> {
  readonly isBusy: Readonly<Ref<boolean>>
  readonly problem: Readonly<Ref<Problem | undefined>>
  /** Undefined where it failed: then `problem` says why. While one goes on, another is not begun. */
  readonly run: (...args: A) => Promise<R | undefined>
  readonly forgetProblem: () => void
}

/** Something that a person does by a button: not twice at the same time, and never failing in silence. */
export function useAction<A extends readonly unknown[], R>(act: (...args: A) => Promise<R>): Action<A, R> {
  const isBusy = ref(false)
  const problem = shallowRef<Problem>()

  async function run(...args: A): Promise<R | undefined> {
    if (isBusy.value) return undefined
    isBusy.value = true
    problem.value = undefined
    try {
      return await act(...args)
    } catch (error) {
      problem.value = toProblem(error)
      return undefined
    } finally {
      isBusy.value = false
    }
  }

  function forgetProblem(): void {
    problem.value = undefined
  }

  return { isBusy, problem, run, forgetProblem }
}
