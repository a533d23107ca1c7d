import type { FileKind, Handle } from '../../storage/index.ts'
import { Refusal } from '../answer/refusal.ts'

/** What a request is about (restic's doc/REST_backend.rst). */
export type Target =
  | { readonly what: 'repository' }
  | { readonly what: 'list'; readonly kind: FileKind }
  | { readonly what: 'file'; readonly handle: Handle }

const KINDS: Readonly<Record<string, FileKind>> = {
  data: 'pack',
  keys: 'key',
  locks: 'lock',
  snapshots: 'snapshot',
  index: 'index',
}

const METHODS: Readonly<Record<Target['what'], readonly string[]>> = {
  repository: ['POST', 'DELETE'],
  list: ['GET'],
  file: ['HEAD', 'GET', 'POST', 'DELETE'],
}

// Nothing is decoded: no path of the protocol has a letter that needs it. So `%2e`, `..` and `//` are no paths at all.
const FORM = /^\/(data|keys|locks|snapshots|index)\/([0-9a-f]{64})?$/

/** Throws a `Refusal` for what is no path of the protocol, and for a method that is not for it. */
export function readTarget(url = '', method = ''): Target {
  const target = targetOf(url)
  if (!target) throw noSuchPath()
  const allowed = METHODS[target.what]
  if (!allowed.includes(method)) throw wrongMethod(allowed)
  return target
}

function targetOf(url: string): Target | undefined {
  if (url === '/' || url === '/?create=true') return { what: 'repository' }
  if (url === '/config') return { what: 'file', handle: { kind: 'config', name: '' } }
  const [, folder = '', name] = FORM.exec(url) ?? []
  const kind = KINDS[folder]
  if (kind === undefined) return undefined
  return name === undefined ? { what: 'list', kind } : { what: 'file', handle: { kind, name } }
}

function noSuchPath(): Refusal {
  return new Refusal('input/invalid', 'There is nothing at this address of the vault door', {
    status: 404,
    safety: 'Nothing was read or changed.',
    remedy:
      'The address of the repository ends with the port: rest:https://NAME:PASSWORD@HOST:PORT/. Which vault is meant follows from the name.',
  })
}

function wrongMethod(allowed: readonly string[]): Refusal {
  return new Refusal('input/invalid', 'This cannot be done at this address of the vault door', {
    status: 405,
    headers: { allow: allowed.join(', ') },
    safety: 'Nothing was read or changed.',
    remedy: 'Use restic, or another client of its REST protocol.',
  })
}
