/** What becomes of a request now. `expire`: it has waited for as long as it may. */
export type DownOutcome = 'fail' | 'wait' | 'skip' | 'move' | 'expire'
