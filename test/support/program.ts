import { fileURLToPath } from 'node:url'

/** The program as it stands in the source. */
export const PROGRAM = fileURLToPath(new URL('../../core/cli/holdfast.ts', import.meta.url))
