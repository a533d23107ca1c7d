import { describe, expect, it } from 'vitest'

import { newPlaceDraft, placeOfDraft } from '../../../../../renderer/modules/vault/place-draft.ts'
import { placeText } from '../../../../../renderer/modules/vault/place-text.ts'

describe('the place of a new vault, as it is filled in', () => {
  it('is a folder, without the blanks around it and without a key', () => {
    const draft = { ...newPlaceDraft(' /srv/vault '), accessKeyId: 'typed before' }
    expect(placeOfDraft(draft)).toEqual({ location: { kind: 'directory', path: '/srv/vault' } })
  })

  it('is a bucket with its key, in the region of stores that have none', () => {
    const draft = {
      ...newPlaceDraft('/srv/vault'),
      kind: 's3' as const,
      endpoint: 'https://s3.example.com ',
      bucket: 'b',
      prefix: 'p',
      accessKeyId: ' AK',
      secretAccessKey: 'SK ',
    }
    const place = placeOfDraft(draft)
    expect(place).toEqual({
      location: { kind: 's3', endpoint: 'https://s3.example.com', region: 'us-east-1', bucket: 'b', prefix: 'p' },
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    })
    expect(placeText(place.location)).toBe('s3:https://s3.example.com/b/p')
    expect(placeText({ kind: 's3', endpoint: 'https://e', region: '', bucket: 'b', prefix: '' })).toBe('s3:https://e/b')
  })
})
