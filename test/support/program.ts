import { fileURLToPath } from 'node:url'

/** The program as it is built from the source, by build-program.ts before any test. */
export const PROGRAM = fileURLToPath(new URL('../../out/node/holdfast.mjs', import.meta.url))
