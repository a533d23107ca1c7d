import { probeBucket } from './probe-bucket.ts'
import type { PlaceProbe, ProbeOptions } from './probe-finding.ts'
import { probeFolder } from './probe-folder.ts'
import type { VaultPlace } from './vault-location.ts'

/** Looks at a place by writing there what is removed again. Nothing of what is there is changed. */
export function probePlace(place: VaultPlace, options: ProbeOptions): Promise<PlaceProbe> {
  return place.kind === 'directory' ? probeFolder(place, options) : probeBucket(place, options)
}
