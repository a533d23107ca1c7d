import { isContractProcedure } from '@orpc/contract'

import { contract, type OperationMeta } from '../../contract/index.ts'
import { API_PREFIX } from '../api/api-handler.ts'
import { DOWNLOAD_PATH } from '../downloads.ts'

/** The API as a page that people read: without a script, so that nothing has to be let in for it. */
export function apiPage(version: string): string {
  const nouns = Object.entries(contract).map(([noun, verbs]) => {
    const rows = Object.entries(verbs).map(([verb, procedure]) => operationRow(`${noun}.${verb}`, procedure))
    return `<section><h2>${escape(noun)}</h2><table><thead><tr><th>Operation</th><th>Request</th><th>Asks for</th><th>What it does</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Holdfast API</title><style>${API_PAGE_STYLE}</style></head><body><main><h1>Holdfast API ${escape(version)}</h1>
<p>Programs call it with a token: <code>Authorization: Bearer hft_…</code>. Make one with <code>holdfast token create</code>, or in the console under Users. Bodies are JSON. Every error has a <code>code</code>, a <code>message</code>, and in <code>data</code> the fields that are wrong, whether data is safe, and what to do. A file of a recovery point comes from <code>GET ${API_PREFIX}${DOWNLOAD_PATH}?path=…</code>, which asks for restore. The whole of it for machines: <a href="${API_PREFIX}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${nouns.join('\n')}</main></body></html>`
}

function operationRow(name: string, procedure: unknown): string {
  if (!isContractProcedure(procedure)) return ''
  const { route, meta } = procedure['~orpc']
  const { access } = meta as OperationMeta
  return `<tr><td><code>${escape(name)}</code></td><td><code>${escape(route.method ?? '')} ${escape(`${API_PREFIX}${route.path ?? ''}`)}</code></td><td>${escape(access)}</td><td>${escape(route.summary ?? '')}.</td></tr>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The page's style sheet, which the door lets in by its digest. */
export const API_PAGE_STYLE = `:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;margin:0}main{max-width:75rem;margin:0 auto;padding:1.5rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);vertical-align:top}th{font-weight:600}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}h2{margin-top:2rem}`
