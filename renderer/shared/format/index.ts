/** How amounts and moments are written, by the language of the person and the time zone of the appliance. */
export { MEGABIT } from './bit-rate.ts'
export { formatBytes } from './bytes.ts'
export { formatDuration, secondsBetween } from './duration.ts'
export { formatAgo, formatInstant, formatInZones, type InstantStyle } from './instant.ts'
export { type Format, FORMAT, useFormat } from './use-format.ts'
export { instantOfWall, wallOfInstant } from './wall-clock.ts'
