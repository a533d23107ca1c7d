import { existsSync, readdirSync, readFileSync } from 'node:fs'

import { sleep } from '../../core/base/index.ts'
import type { Run } from '../../core/contract/index.ts'
import { startService, type TestService } from './service.ts'

/** A service as a program uses it, which may be killed at any moment: what it does not answer is undefined. */
export interface ServiceClient {
  readonly service: TestService
  call<T>(method: string, path: string, body?: unknown): Promise<T | undefined>
  /** All runs, the newest first. */
  runs(phase?: 'active' | 'ended'): Promise<Run[]>
  /** Waits until no run is left that has not ended. */
  idle(): Promise<void>
  /** Its run processes, each with the moment at which it was started. */
  children(): string[]
}

/** Starts the program on a data folder, and calls its API with a token. */
export async function startClient(dataFolder: string, token: string): Promise<ServiceClient> {
  const service = await startService(dataFolder)
  const client: ServiceClient = {
    service,
    async call<T>(method: string, path: string, body?: unknown) {
      const answer = await fetch(`${service.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch(() => undefined)
      if (answer === undefined) return undefined
      const told: unknown = await answer.json().catch(() => undefined)
      if (told === undefined) return undefined
      if (answer.ok || answer.status === 409) return told as T
      throw new Error(`${method} ${path}: ${JSON.stringify(told)}`)
    },
    async runs(phase) {
      const all: Run[] = []
      for (let cursor = ''; ;) {
        const query = `${phase === undefined ? '' : `&phase=${phase}`}${cursor === '' ? '' : `&cursor=${cursor}`}`
        const page = await client.call<{ items: Run[]; next: string | null }>('GET', `/runs?limit=200${query}`)
        all.push(...(page?.items ?? []))
        if (!page || page.next === null) return all
        cursor = encodeURIComponent(page.next)
      }
    },
    async idle() {
      while ((await client.runs('active')).length > 0) await sleep(200)
    },
    children: () => childrenOf(service.process.pid ?? 0),
  }
  return client
}

function childrenOf(pid: number): string[] {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return []
  return readdirSync(tasks).flatMap((task) => {
    try {
      const found = readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ')
      return found.flatMap((child) => processKey(child.trim()) ?? [])
    } catch {
      return []
    }
  })
}

/** `pid:start`; undefined where there is none, or it has ended and nobody has asked how. */
export function processKey(pid: string): string | undefined {
  if (pid === '') return undefined
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return fields[0] === 'Z' ? undefined : `${pid}:${fields[19] ?? ''}`
  } catch {
    return undefined
  }
}
