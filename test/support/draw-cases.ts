import { configureGlobal } from 'fast-check'

import { SEED } from './seed.ts'

// Every test file begins with it (vitest.config.ts): properties draw their cases by the seed.
configureGlobal({ seed: SEED })
