import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { Appliance, Caller } from '../appliance/index.ts'
import { isGranted } from '../contract/index.ts'
import { toAnswer } from './api/error-answer.ts'
import { sendError } from './guard/answer.ts'

const DOWNLOAD = /^\/api\/v1\/points\/([0-9a-f-]{36})\/download$/

/** Answers a request for a file of a recovery point. Resolves to whether it was one. */
export async function answerDownload(
  appliance: Appliance,
  request: IncomingMessage,
  response: ServerResponse,
  { url, caller, address }: { readonly url: URL; readonly caller: Caller | undefined; readonly address: string },
): Promise<boolean> {
  const pointId = DOWNLOAD.exec(url.pathname)?.[1]
  if (pointId === undefined || request.method !== 'GET') return false
  if (!isGranted(caller?.role, 'restore') || caller?.access.includes('restore') !== true) {
    sendError(response, caller === undefined ? 'NOT_SIGNED_IN' : 'FORBIDDEN')
    return true
  }
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const path = url.searchParams.get('path') ?? ''
  const record = (outcome: 'done' | 'refused' | 'failed'): Promise<void> =>
    appliance.record({
      actor: caller.name,
      address,
      operation: 'points.download',
      object: pointId,
      outcome,
      input: { path },
    })
  try {
    const call = { caller, address, setSession: () => undefined, signal: gone.signal }
    const { fileName, size, content } = await appliance.download({ pointId, path }, call)
    response.setHeader('content-type', 'application/octet-stream')
    response.setHeader('content-disposition', contentDisposition(fileName))
    if (size !== undefined) response.setHeader('content-length', String(size))
    await pipeline(Readable.from(content, { objectMode: false }), response)
    await record('done')
  } catch (error) {
    await record('failed')
    if (response.headersSent) response.destroy()
    else {
      const { code, message, data } = toAnswer(error)
      sendError(response, code, { message, ...(data.remedy !== null && { remedy: data.remedy }) })
    }
  }
  return true
}

/** RFC 6266 with RFC 8187: a name in plain letters for those who know no others, and the whole one. */
function contentDisposition(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}
