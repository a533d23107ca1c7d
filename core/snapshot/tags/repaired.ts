/** The tag of a snapshot that was made anew without what is lost, or with zeros in its place. */
export const REPAIRED = 'repaired'
