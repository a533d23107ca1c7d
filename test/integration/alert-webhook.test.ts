import { createHmac } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { deliveriesDue, owedNotifications } from '../../core/alert/index.ts'
import { MINUTE, scene, SECRET, sendDue, tell } from '../support/alert-delivery.ts'
import { HOUR, NOW, someAlert } from '../support/alert-facts.ts'
import { silentServer } from '../support/silent-server.ts'
import { startHook } from '../support/webhook-receiver.ts'

const TOKEN = 'T0123456789abcdefXYZ'

describe('webhook', () => {
  it('has a signature that whoever knows the secret can check, and alerts as the API gives them', async () => {
    await using hook = await startHook((_, response) => response.end())
    const [row] = await tell(scene({ webhook: { url: hook.url } }), someAlert())
    expect(row?.state).toBe('delivered')
    const [request] = hook.requests
    const [, seconds = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request?.signature ?? '') ?? []
    expect(Number(seconds)).toBe((NOW + MINUTE) / 1000)
    expect(signature).toBe(createHmac('sha256', SECRET).update(`${seconds}.${request?.body}`).digest('hex'))
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'holdfast.alert',
      appliance: 'nas-01',
      sent_at: '2026-11-22T12:01:00.000Z',
      alerts: [
        {
          event: 'raised',
          id: 'alert-1',
          kind: 'run-failed',
          severity: 'error',
          object: { type: 'set', id: 'set-1', name: 'Finance' },
          message: someAlert().message,
          remedy: someAlert().remedy,
          raisedAt: '2026-11-22T11:00:00.000Z',
          seenAt: '2026-11-22T12:00:00.000Z',
          times: 1,
          clearedAt: null,
          acknowledgedAt: null,
          acknowledgedBy: null,
        },
      ],
    })
  })

  it('without a secret has no signature', async () => {
    await using hook = await startHook((_, response) => response.end())
    await tell(
      scene({ webhook: { url: hook.url } }, { secrets: { mailPassword: null, webhookSecret: null } }),
      someAlert(),
    )
    expect(hook.requests).toMatchObject([{ signature: undefined }])
  })

  it('is tried again after a failure, not before its time, and then never again', async () => {
    await using hook = await startHook((request, response) => {
      response.statusCode = request === 0 ? 500 : 204
      response.end()
    })
    const place = scene({ webhook: { url: hook.url } })
    let rows = await tell(place, someAlert())
    expect(rows).toMatchObject([{ state: 'pending', attempts: 1, nextAt: place.now + MINUTE }])
    place.now += MINUTE - 1
    expect(deliveriesDue(rows, place.now)).toEqual([])
    place.now += 1
    rows = await sendDue(place, rows, [someAlert()])
    expect(rows).toMatchObject([{ state: 'delivered', attempts: 2, lastError: null }])
    place.now += 48 * HOUR
    expect(deliveriesDue(rows, place.now)).toEqual([])
    expect(hook.requests).toHaveLength(2)
  })

  it('is asked ever more seldom, and given up after a day', async () => {
    await using hook = await startHook((_, response) => response.writeHead(503).end())
    const place = scene({ webhook: { url: hook.url } })
    let rows = await tell(place, someAlert())
    const waits: number[] = []
    while (rows[0]?.state === 'pending') {
      waits.push((rows[0].nextAt - place.now) / MINUTE)
      place.now = rows[0].nextAt
      rows = await sendDue(place, rows, [someAlert()])
    }
    expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120])
    expect(rows).toMatchObject([{ state: 'given-up' }])
    expect(place.now - NOW).toBeGreaterThanOrEqual(24 * HOUR)
    expect(place.now - NOW).toBeLessThan(27 * HOUR)
  })

  it('does not follow a redirect', async () => {
    await using elsewhere = await startHook((_, response) => response.end())
    await using hook = await startHook((_, response) => response.writeHead(307, { location: elsewhere.url }).end())
    const [row] = await tell(scene({ webhook: { url: hook.url } }), someAlert())
    expect(row).toMatchObject({ state: 'pending', lastError: expect.stringContaining('redirect (307)') })
    expect(elsewhere.requests).toEqual([])
  })

  it('that does not answer is given up on; a service that stops is not held up by it', async () => {
    await using server = await silentServer()
    const webhook = { url: `http://127.0.0.1:${server.port}/` }
    const [row] = await tell(scene({ webhook }, { timeout: 50 }), someAlert())
    expect(row).toMatchObject({ state: 'pending', lastError: expect.stringContaining('does not answer in time') })
    const { delivery, settings } = scene({ webhook })
    const rows = owedNotifications({ raised: [someAlert()], cleared: [] }, [], settings, NOW)
    const stopped = new Error('The service stops.')
    const signal = AbortSignal.timeout(50)
    const stop = new AbortController()
    signal.addEventListener('abort', () => stop.abort(stopped))
    const [due] = deliveriesDue(rows, NOW + MINUTE)
    if (due === undefined) throw new Error('nothing is due')
    await expect(delivery.deliver(due, new Map([['alert-1', someAlert()]]), { signal: stop.signal })).rejects.toBe(
      stopped,
    )
  })

  it('that refuses is quoted, at most so far, and without any secret of the address', async () => {
    let sent = 0
    await using hook = await startHook((_, response) => {
      response.writeHead(403)
      response.write(`no such token ${TOKEN}\n and not ${SECRET} `)
      const pour = (): void => {
        let hasRoom = true
        while (hasRoom && !response.destroyed) {
          hasRoom = response.write(Buffer.alloc(64 * 1024, 'x'))
          sent += 64 * 1024
        }
        response.once('drain', pour)
      }
      pour()
    })
    const place = scene({ webhook: { url: `${hook.url}services/${TOKEN}` } })
    const [row] = await tell(place, someAlert())
    expect(row?.lastError).toMatch(/answers with 403 and says "no such token \(secret\) and not \(secret\) x+…"/)
    expect(row?.lastError?.length).toBeLessThan(600)
    expect(`${row?.lastError} ${place.lines.join()}`).not.toMatch(new RegExp(`${TOKEN}|${SECRET}`))
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  it('user and password in its address are sent as such, and never told', async () => {
    await using hook = await startHook((_, response) => response.writeHead(401).end())
    const place = scene({ webhook: { url: hook.url.replace('//', '//robot:p%40ss-word@') } })
    const [row] = await tell(place, someAlert())
    expect(hook.requests).toMatchObject([{ authorization: `Basic ${btoa('robot:p@ss-word')}` }])
    expect(`${row?.lastError} ${place.lines.join()}`).not.toMatch(/p(?:%40|@)ss-word/)
  })

  it('that was removed meanwhile gets nothing, and an alert that is gone is dropped', async () => {
    await using hook = await startHook((_, response) => response.end())
    const place = scene({ webhook: { url: hook.url } })
    const rows = owedNotifications({ raised: [someAlert()], cleared: [] }, [], place.settings, NOW)
    place.now += MINUTE
    expect(await sendDue(place, rows, [])).toMatchObject([{ state: 'dropped' }])
    expect(await sendDue(Object.assign(scene({}), { now: place.now }), rows, [someAlert()])).toMatchObject([
      { state: 'dropped' },
    ])
    expect(hook.requests).toEqual([])
  })
})
