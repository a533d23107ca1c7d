import { expect, it } from 'vitest'

import { stringify } from '../../../../core/cli/json.ts'

it('JSON for programs keeps every digit of sizes and inodes', () => {
  expect(stringify({ size: 18_446_744_073_709_551_615n, list: [9_007_199_254_740_993n], text: '1n' })).toBe(
    '{"size":18446744073709551615,"list":[9007199254740993],"text":"1n"}',
  )
})
