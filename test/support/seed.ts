/**
 * What all drawn cases come from. It is the same in every run, so that a run that passed passes again; cases that nobody has
 * tried yet are drawn with `HOLDFAST_SEED=$RANDOM`.
 */
export const SEED = Number(process.env['HOLDFAST_SEED'] ?? 20_261_122)
