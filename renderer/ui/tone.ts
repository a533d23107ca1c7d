/** How good a state is: `quiet` is neither. */
export type Tone = 'good' | 'active' | 'warning' | 'bad' | 'quiet'
