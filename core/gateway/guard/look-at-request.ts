import type { IncomingMessage } from 'node:http'

import type { ErrorName } from '../../contract/index.ts'
import type { Saying } from './answer.ts'
import { isOwnHost } from './host.ts'

/** Why a request is not gone on with. */
export interface Refusal {
  readonly name: ErrorName
  readonly said: Saying
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** A path of 32 KiB with each byte as `%XX`, and what goes with it. Node reads all headers into `MOST_HEADER_BYTES`. */
const LONGEST_TARGET = 128 * 1024
export const MOST_HEADER_BYTES = LONGEST_TARGET + 16 * 1024
const MOST_HEADERS = 100

/** Looks at a request before anything of it is believed. Returns its address, or why it is refused. */
export function lookAtRequest(
  { headersDistinct, rawHeaders, method = '', url: target = '' }: IncomingMessage,
  { port, hosts }: { readonly port: number; readonly hosts: readonly string[] },
): URL | Refusal {
  // Node leaves out what is beyond its own limit, without a word: it has none, and this is it. Names and values alternate.
  if (rawHeaders.length > 2 * MOST_HEADERS) return { name: 'TOO_LARGE', said: { ...TOO_MANY_HEADERS, status: 431 } }
  // Of two hosts, whoever stands before this door may have taken the other one (RFC 9112, 3.2).
  const [host, ...others] = headersDistinct['host'] ?? []
  if (others.length > 0) return { name: 'BAD_INPUT', said: ONE_HOST }
  if (!isOwnHost(host, port, hosts)) return { name: 'BAD_INPUT', said: { ...WRONG_HOST, status: 421 } }
  if (!METHODS.has(method))
    return {
      name: 'BAD_INPUT',
      said: { ...WRONG_METHOD, status: 405, headers: { allow: [...METHODS].join(', ') } },
    }
  if (target.length > LONGEST_TARGET) return { name: 'TOO_LARGE', said: { ...TOO_LONG, status: 414 } }
  // `//x`, `/\x` and `http://x/` name another host than the one that was looked at.
  const url = /^\/(?![/\\])[\x21-\x7e]*$/.test(target) ? URL.parse(target, 'http://door') : null
  return url ?? { name: 'BAD_INPUT', said: UNREADABLE }
}

const TOO_MANY_HEADERS = {
  message: 'The request has too many headers.',
  remedy: `Send at most ${MOST_HEADERS}.`,
}
const TOO_LONG = {
  message: 'The address of the request is too long.',
  remedy: `Ask for paths of at most 32 KiB: an address has at most ${LONGEST_TARGET} letters.`,
}
const ONE_HOST = { message: 'The request names several hosts.', remedy: 'Send the header Host once.' }
const UNREADABLE = {
  message: 'The address of the request cannot be read.',
  remedy: 'Send a path that begins with one slash, with all else than plain letters as %XX.',
}
const WRONG_HOST = {
  message: 'This door is not called so.',
  remedy: 'Use the address that the service printed, or have an administrator allow this name in the settings.',
}
const WRONG_METHOD = { message: 'There is no such method here.', remedy: 'Look at the API documentation.' }
