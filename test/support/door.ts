import { request } from 'node:http'
import { connect } from 'node:net'

import { expect } from 'vitest'

import { systemChance, systemClock } from '../../core/base/index.ts'
import { type Gateway, type GatewayOptions, openGateway } from '../../core/gateway/index.ts'
import { createRecordingAppliance } from './recording-appliance.ts'

export interface DoorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: { readonly code?: string; readonly message?: string; readonly data?: Record<string, unknown> }
  readonly text: string
}

export interface DoorRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | undefined
  /** The address to connect to. */
  readonly address?: string
}

/** A console door before an appliance that does nothing but note. */
export interface TestDoor {
  readonly door: Gateway
  /** What the log was told. */
  readonly said: string[]
  /** Sends a request as a client would who knows HTTP. */
  send(request: DoorRequest): Promise<DoorAnswer>
  /** Sends these very bytes, and resolves to all that came back when the door has closed the connection. */
  sendRaw(text: string): Promise<string>
  /** Headers of a page of the console where somebody of this role is signed in. */
  as(role: string): Record<string, string>
}

export async function openTestDoor(options: Partial<GatewayOptions> = {}): Promise<TestDoor> {
  const said: string[] = []
  const door = await openGateway({
    appliance: createRecordingAppliance(),
    port: 0,
    consoleFolder: '/nonexistent',
    tls: undefined,
    mostRequests: 1_000_000,
    log: { error: (_facts, message) => said.push(message), warn: () => undefined },
    clock: systemClock,
    chance: systemChance,
    ...options,
  })
  const host = `localhost:${door.port}`
  return {
    door,
    said,
    as: (role) => ({ cookie: `holdfast_session=${role}`, origin: `http://${host}` }),
    send: ({ method = 'GET', path, headers = {}, body, address = '127.0.0.1' }) =>
      new Promise((resolve, reject) => {
        const sent = request(
          {
            host: address,
            port: door.port,
            method,
            path,
            agent: false,
            headers: {
              host,
              ...(body !== undefined && {
                'content-type': 'application/json',
                'content-length': String(Buffer.byteLength(body)),
              }),
              ...headers,
            },
          },
          (response) => {
            let text = ''
            response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
            response.on('error', reject)
            response.on('end', () => {
              const isJson = String(response.headers['content-type']).startsWith('application/json')
              const read = isJson && text !== '' ? (JSON.parse(text) as DoorAnswer['body']) : {}
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read, text })
            })
          },
        )
        sent.on('error', reject)
        sent.end(body)
      }),
    sendRaw: (text) =>
      new Promise((resolve) => {
        let heard = ''
        const socket = connect(door.port, '127.0.0.1', () => socket.write(text, 'latin1'))
        socket.on('data', (piece: Buffer) => (heard += piece.toString('latin1')))
        socket.on('error', () => undefined)
        socket.on('close', () => resolve(heard))
      }),
  }
}

/** That an answer is one of the contract's errors, in its shape. */
export function expectError(answer: DoorAnswer, code: string): void {
  expect([answer.body.code, answer.text]).toEqual([code, answer.text])
  expect(answer.body.data).toMatchObject({
    fields: expect.any(Array) as unknown[],
    reason: expect.any(String) as string,
  })
  expect(Object.keys(answer.body.data ?? {}).toSorted()).toEqual(['fields', 'object', 'reason', 'remedy', 'safety'])
}
