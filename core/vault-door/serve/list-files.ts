import { isCode } from '../../base/index.ts'
import type { FileInfo, FileKind, Storage } from '../../storage/index.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Call } from './call.ts'
import { writeOut } from './write-out.ts'

const V1 = 'application/vnd.x.restic.rest.v1'
const V2 = 'application/vnd.x.restic.rest.v2'
/** Letters that are sent at once: some 600 names. */
const PIECE = 64 * 1024

/**
 * Sends the names of all files of a kind, with their sizes where the client asks for version 2, as they are found: none of it
 * is held but one piece.
 */
export async function listFiles({ request, response, agent, signal }: Call, kind: FileKind): Promise<void> {
  const { storage } = agent.vault
  const isV2 = (request.headers.accept ?? '').split(',').some((type) => type.trim() === V2)
  const entryOf = ({ name, size }: FileInfo): string => (isV2 ? `{"name":"${name}","size":${size}}` : `"${name}"`)
  let text = '['
  let isFirst = true
  const begin = (): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': isV2 ? V2 : V1 })
  }
  try {
    for await (const info of storage.list(kind, { signal })) {
      text += isFirst ? entryOf(info) : `,${entryOf(info)}`
      isFirst = false
      if (text.length < PIECE) continue
      begin()
      await writeOut(response, text, signal)
      text = ''
    }
  } catch (error) {
    if (isCode(error, 'storage/unreachable') && isFirst && (await hasNoConfig(storage))) throw noRepository()
    throw error
  }
  begin()
  response.end(`${text}]`)
}

/** A storage cannot tell a place that has vanished from one where nothing was made yet, but by its config. */
async function hasNoConfig(storage: Storage): Promise<boolean> {
  try {
    await storage.stat({ kind: 'config', name: '' })
    return false
  } catch (error) {
    return isCode(error, 'storage/not-found')
  }
}

function noRepository(): Refusal {
  return new Refusal('repository/not-found', 'There is no repository in this vault yet', {
    status: 404,
    safety: 'Nothing was changed.',
    remedy: 'Run restic init once.',
  })
}
