import { isIPv4, isIPv6 } from 'node:net'

/** What counts as one place: an IPv4 address, or the 64 leading bits of an IPv6 one, as a customer has all that follow. */
export function addressKey(address: string): string {
  const [plain = ''] = address.split('%')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1]
  if (mapped !== undefined && isIPv4(mapped)) return mapped
  if (!isIPv6(plain)) return address
  const [head = '', tail] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  // Of a gap nobody has to know how long it is: it is zeros up to the tail, which has at most the groups that are left.
  const behind = tail === undefined || tail === '' ? [] : tail.split(':')
  const behindGroups = behind.length + (tail?.includes('.') === true ? 1 : 0)
  const zeros = tail === undefined ? 0 : 8 - groups.length - behindGroups
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
