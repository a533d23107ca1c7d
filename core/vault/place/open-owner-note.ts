import { openDirectoryNote, openS3Note, type SharedNote } from '../../storage/index.ts'
import type { VaultPlace } from './vault-location.ts'

/** restic's own names are `config` and folders: it takes no notice of this one. */
const NAME = 'holdfast-owner'

/** The note in a vault's place that says which appliance's cache sends there. */
export function openOwnerNote(place: VaultPlace): SharedNote {
  return place.kind === 'directory' ? openDirectoryNote(place.path, NAME) : openS3Note(place, place.credentials, NAME)
}
