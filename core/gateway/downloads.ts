import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { Appliance, Caller } from '../appliance/index.ts'
import { CoreError } from '../base/index.ts'
import { EntryPath, isGranted } from '../contract/index.ts'
import { API_PREFIX } from './api/api-handler.ts'
import { createAuditor } from './api/auditor.ts'
import type { Strangers } from './api/strangers.ts'
import { sendError } from './guard/answer.ts'
import { isRefusal, toAnswer, waitOf } from './guard/error-answer.ts'

/** What the API documentation calls it. It is no operation of the contract, as its answer is no JSON. */
export const DOWNLOAD_OPERATION = 'points.download'
export const DOWNLOAD_PATH = '/points/{id}/download'
const DOWNLOAD = new RegExp(`^${API_PREFIX}/points/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/download$`)

export interface DownloadsOptions {
  readonly appliance: Appliance
  /** Aborted when the door closes. */
  readonly closing: AbortSignal
  readonly onDefect: (error: unknown, operation: string) => void
  readonly onUnrecorded: (error: unknown, operation: string) => void
  readonly strangers: Strangers
}

/** Answers a request for a file of a recovery point. Resolves to whether it was one. */
export type AnswerDownload = (
  request: IncomingMessage,
  response: ServerResponse,
  given: {
    readonly url: URL
    readonly caller: Caller | undefined
    readonly address: string
    /** Aborted where the caller is no longer let in, or takes nothing any more. Throws `service/busy` where he has enough. */
    readonly openStream: (watcher: Caller) => AbortSignal
  },
) => Promise<boolean>

export function createDownloads({
  appliance,
  closing,
  onDefect,
  onUnrecorded,
  strangers,
}: DownloadsOptions): AnswerDownload {
  return async (request, response, { url, caller, address, openStream }) => {
    const pointId = DOWNLOAD.exec(url.pathname)?.[1]
    if (pointId === undefined || request.method !== 'GET') return false
    const path = url.searchParams.get('path') ?? ''
    const record = createAuditor(
      appliance,
      { caller, address },
      { access: 'restore', isAudited: true },
      { operation: DOWNLOAD_OPERATION, input: { pointId, path }, strangers, onUnrecorded },
    )
    if (!isGranted(caller?.role, 'restore') || caller?.access.includes('restore') !== true) {
      await record('refused')
      sendError(response, caller === undefined ? 'NOT_SIGNED_IN' : 'FORBIDDEN')
      return true
    }
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    // Afterwards nobody can tell: a response that is broken off here is closed, too.
    const broken = { isHere: false }
    try {
      assertPath(path)
      const over = openStream(caller)
      over.addEventListener('abort', () => response.destroy(), { once: true })
      const signal = AbortSignal.any([gone.signal, closing, over])
      const call = { caller, address, setSession: () => undefined, signal }
      const { fileName, size, content } = await appliance.download({ pointId, path }, call)
      response.setHeader('content-type', 'application/octet-stream')
      response.setHeader('content-disposition', contentDisposition(fileName))
      if (size !== undefined) response.setHeader('content-length', String(size))
      const noticed = (): void => {
        broken.isHere = !gone.signal.aborted
      }
      await pipeline(Readable.from(whole(content, size, noticed), { objectMode: false }), response)
      await record('done')
    } catch (error) {
      const answer = toAnswer(error)
      // A client that went away in the middle is no defect.
      if (answer.code === 'DEFECT' && (broken.isHere || !gone.signal.aborted)) onDefect(error, DOWNLOAD_OPERATION)
      await record(isRefusal(answer) ? 'refused' : 'failed')
      const { code, message, data } = answer
      const headers = code === 'TOO_MANY' ? { 'retry-after': String(waitOf(error)) } : {}
      // Where it has begun already, its connection is cut: no client takes a part for the whole then.
      sendError(response, code, { ...data, message, headers })
    }
    return true
  }
}

/** As the contract asks of every path: it is looked at here, as no operation stands before it. */
function assertPath(path: string): void {
  const { error } = EntryPath.safeParse(path)
  if (error === undefined) return
  throw new CoreError('input/invalid', error.issues[0]?.message ?? 'That is no path.', {
    safety: 'Nothing was changed.',
    remedy: 'Give the path of an entry as the recovery point shows it.',
    context: { field: 'path' },
  })
}

/** The content, as long as it was promised to be: a client would wait for what is missing, and take more for an answer. */
async function* whole(
  content: AsyncIterable<Uint8Array>,
  size: bigint | undefined,
  onFailure: () => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0n
  try {
    for await (const piece of content) {
      sent += BigInt(piece.length)
      if (size !== undefined && sent > size) throw notWhole()
      yield piece
    }
    if (size !== undefined && sent < size) throw notWhole()
  } catch (error) {
    onFailure()
    throw error
  }
}

function notWhole(): CoreError {
  return new CoreError('internal/defect', 'A file of a recovery point has another size than its recovery point says.')
}

/** RFC 6266 with RFC 8187: a name in plain letters for those who know no others, and the whole one. */
function contentDisposition(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const name = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${name}`
}
