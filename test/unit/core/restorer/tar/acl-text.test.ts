import { describe, expect, it } from 'vitest'

import { aclText } from '../../../../../core/restorer/tar/acl-text.ts'

/** What Linux gave for `setfacl -m u:1234:rw,g:55:r`. */
const ACL = Buffer.from('AgAAAAEABgD/////AgAGANIEAAAEAAQA/////wgABAA3AAAAEAAGAP////8gAAQA/////w==', 'base64')

describe('the text of an ACL', () => {
  it('names users and groups by numbers', () => {
    expect(aclText(ACL)).toBe('user::rw-\nuser:1234:rw-\ngroup::r--\ngroup:55:r--\nmask::rw-\nother::r--\n')
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['of another version', Buffer.from(ACL).fill(3, 0, 1)],
    ['cut short', ACL.subarray(0, -1)],
    ['with a tag that there is not', Buffer.from(ACL).fill(0x40, 4, 5)],
  ])('is none where the ACL is %s', (_, acl) => {
    expect(aclText(acl)).toBeUndefined()
  })
})
