import { masterKeyFrom } from '../../../../core/repository/crypto/master-key.ts'
import { seededBytes } from '../../../support/seeded-chance.ts'

/** A master key for tests that need no repository. */
export const FIXED_KEY = masterKeyFrom(seededBytes('master key', 64))
