import { provePart, wholeFrom } from '../schedule/validate-part.ts'
import { validateWindows } from '../schedule/validate-windows.ts'
import type { BandwidthWindow } from './bandwidth.ts'

/** The least that the contract takes: a pack of 16 MiB takes four minutes then. */
export const LEAST_BYTES_PER_SECOND = 65_536

/** Proves windows that come from outside. Throws `input/invalid`; the context's `field` is such as `bandwidth.0.start`. */
export function validateBandwidth(windows: readonly BandwidthWindow[]): void {
  validateWindows(windows, 'bandwidth')
  for (const [at, { bytesPerSecond }] of windows.entries()) {
    provePart(
      wholeFrom(LEAST_BYTES_PER_SECOND, bytesPerSecond, Number.MAX_SAFE_INTEGER),
      `bandwidth.${at}.bytesPerSecond`,
      `No backup gets through at ${bytesPerSecond} bytes a second.`,
      { remedy: `Choose at least ${LEAST_BYTES_PER_SECOND} bytes a second.` },
    )
  }
}
