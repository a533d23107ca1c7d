import { describe, expect, it } from 'vitest'

import { restorableFrom } from '../../../../../core/cloud-cache/index.ts'

const BOTH = { cache: true, cloud: true }
const CACHE = { cache: true, cloud: false }
const CLOUD = { cache: false, cloud: true }
const NONE = { cache: false, cloud: false }

describe('from where a point can be restored (CC-13, CC-14)', () => {
  it.each([
    [true, true, BOTH, 'both'],
    [true, true, CACHE, 'cache'],
    [true, true, CLOUD, 'cloud'],
    [true, true, NONE, 'neither'],
    [true, false, BOTH, 'cache'],
    [true, false, CACHE, 'cache'],
    [true, false, CLOUD, 'neither'],
    [true, false, NONE, 'neither'],
    [false, true, BOTH, 'cloud'],
    [false, true, CACHE, 'neither'],
    [false, true, CLOUD, 'cloud'],
    [false, true, NONE, 'neither'],
    [false, false, BOTH, 'mixed'],
    [false, false, CACHE, 'neither'],
    [false, false, CLOUD, 'neither'],
    [false, false, NONE, 'neither'],
  ] as const)(
    'where the cache has all: %s, the cloud has all: %s, with %o: %s',
    (isInCache, isOffSite, reach, from) => {
      expect(restorableFrom({ isInCache, isOffSite, hasGaps: false }, reach)).toBe(from)
      expect(restorableFrom({ isInCache, isOffSite, hasGaps: true }, reach)).toBe('neither')
    },
  )
})
