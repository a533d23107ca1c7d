import type { CoreError } from '../../base/index.ts'
import { probeS3, type S3Facts } from '../../storage/index.ts'
import {
  clockFinding,
  contentFindings,
  finding,
  hasRepository,
  type PlaceProbe,
  type ProbeFinding,
  type ProbeOptions,
} from './probe-finding.ts'
import { vaultPlaceText, type VaultPlace } from './vault-location.ts'

type BucketPlace = VaultPlace & { readonly kind: 's3' }

/** Looks at a bucket by writing small objects there that are removed again. */
export async function probeBucket(place: BucketPlace, { clock, chance, signal }: ProbeOptions): Promise<PlaceProbe> {
  const facts = await probeS3(place, place.credentials, { clock, chance, signal })
  const text = vaultPlaceText(place)
  const findings = [
    ...('listed' in facts ? contentFindings(text, facts.listed) : [refusal('reachable', facts.unlisted)]),
    ...writingFindings(text, facts),
    ...unencrypted(place),
  ]
  return {
    findings,
    hasRepository: 'listed' in facts && hasRepository(facts.listed),
    bytesFree: undefined,
  }
}

function writingFindings(text: string, { written, removal, versions }: S3Facts): ProbeFinding[] {
  if (written === undefined) return []
  if ('failure' in written) return [refusal('writable', written.failure)]
  const { isSame, hasRanges, hasConditions, hasChecksums, ahead } = written
  const clock = ahead === undefined ? undefined : clockFinding(ahead)
  return [
    isSame
      ? finding('writable', 'good', `${text} can be written to and read from.`)
      : finding('writable', 'problem', `${text} hands out something else than was stored.`, OTHER_STORE),
    hasRanges
      ? finding('range', 'good', 'Parts of files can be read.')
      : finding('range', 'problem', 'It does not hand out parts of files: nothing could be restored.', OTHER_STORE),
    hasChecksums
      ? finding('checksum', 'good', 'What arrives damaged is refused.')
      : finding(
          'checksum',
          'hint',
          'It keeps what arrives damaged: only a check that reads all data would find that.',
          'Check this vault with its data read, and often; or choose a store that looks at checksums.',
        ),
    hasConditions
      ? finding('conditional', 'good', 'What is there is not replaced where it must not be.')
      : finding(
          'conditional',
          'hint',
          'It replaces what must not be replaced: two appliances that begin at the same moment could both take this place.',
          'Let only one appliance have an access key for this place.',
        ),
    ...(removal === undefined
      ? []
      : [
          finding(
            'rights',
            'problem',
            `The access key cannot remove files: ${removal.message}`,
            'Allow it DeleteObject for this folder: without it nothing is ever pruned, and no lock is ever let go of.',
          ),
        ]),
    ...versionFindings(versions),
    ...(clock === undefined ? [] : [clock]),
  ]
}

function versionFindings(versions: boolean | undefined): ProbeFinding[] {
  if (versions !== true) return []
  return [
    finding(
      'versions',
      'hint',
      'The bucket keeps versions: what is removed still takes room, and is paid for.',
      'Give the bucket a rule that removes old versions after some days; they protect against whoever gets the access key.',
    ),
  ]
}

function unencrypted({ endpoint }: BucketPlace): ProbeFinding[] {
  if (new URL(endpoint).protocol === 'https:') return []
  return [
    finding(
      'unencrypted',
      'hint',
      'The connection is not encrypted. What is stored is sealed, but names and sizes of files can be seen on the way, and what is sent can be thrown away.',
      'Use an endpoint that begins with https://.',
    ),
  ]
}

const OTHER_STORE = 'Choose another store: this one does not do what S3 promises.'

function refusal(code: 'reachable' | 'writable', { message, remedy }: CoreError): ProbeFinding {
  return finding(code, 'problem', message, remedy)
}
