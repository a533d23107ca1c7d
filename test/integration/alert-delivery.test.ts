import { expect, it } from 'vitest'

import { type MailSettings, owedNotifications } from '../../core/alert/index.ts'
import { MINUTE, PASSWORD, scene, sendDue, tell } from '../support/alert-delivery.ts'
import { NOW, someAlert } from '../support/alert-facts.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { silentServer } from '../support/silent-server.ts'
import { bodyOf, headerOf } from '../support/smtp/read-mail.ts'
import { type SmtpServer, startSmtp } from '../support/smtp/start-smtp.ts'
import { selfSigned } from '../support/trusted-certificate.ts'
import { startHook } from '../support/webhook-receiver.ts'

const mailTo = ({ port }: SmtpServer, more: Partial<MailSettings> = {}): { mail: MailSettings } => ({
  mail: {
    host: '127.0.0.1',
    port,
    security: 'none',
    user: null,
    from: 'holdfast@nas-01.test',
    to: ['admin@example.test'],
    ...more,
  },
})

describeWith(['smtp'], 'mail to a real server', () => {
  it('says what, since when, whether data is safe, what to do and where', async () => {
    await using server = await startSmtp({ security: 'none' })
    const [row] = await tell(scene(mailTo(server)), someAlert({ times: 3 }))
    expect(row).toMatchObject({ state: 'delivered', attempts: 1, triedAt: NOW + MINUTE, lastError: null })
    const [mail] = server.received()
    expect(mail).toMatchObject({
      from: 'holdfast@nas-01.test',
      to: ['admin@example.test'],
      isAuthenticated: false,
      isEncrypted: false,
    })
    expect(headerOf(mail?.content, 'Subject')).toBe('[Holdfast nas-01] Backup of "Finance" failed')
    expect(headerOf(mail?.content, 'Auto-Submitted')).toBe('auto-generated')
    expect(bodyOf(mail?.content)).toBe(
      `Backup of "Finance" failed

Backup of "Finance" failed: the share cannot be read. Earlier recovery points were not touched.

Since: 2026-11-22 12:00 (Europe/Berlin), 3 times

What to do: See that the share is mounted.

Console: https://nas-01:8443/alerts

-- 
Holdfast on nas-01. It tells each alert once, and when it is over.
`,
    )
  })

  it('tells several alerts of a minute in one mail, and the gravest in its subject', async () => {
    await using server = await startSmtp({ security: 'none' })
    const hint = someAlert({ id: 'alert-2', severity: 'hint', kind: 'not-verified' })
    const rows = await tell(scene(mailTo(server)), hint, someAlert())
    expect(rows.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    const mails = server.received()
    expect(mails).toHaveLength(1)
    expect(headerOf(mails[0]?.content, 'Subject')).toBe('[Holdfast nas-01] Backup of "Finance" failed, and 1 more')
    expect(bodyOf(mails[0]?.content)).toContain('Backups of "Finance" were not verified')
  })

  it('says when it is over', async () => {
    await using server = await startSmtp({ security: 'none' })
    const place = scene(mailTo(server))
    const raised = await tell(place, someAlert())
    const cleared = someAlert({ clearedAt: NOW + 2 * MINUTE })
    const owed = owedNotifications({ raised: [], cleared: [cleared] }, raised, place.settings, place.now)
    place.now += MINUTE
    await sendDue(place, [...raised, ...owed], [cleared])
    const [, mail] = server.received()
    expect(headerOf(mail?.content, 'Subject')).toBe('[Holdfast nas-01] Over: Backup of "Finance" failed')
    expect(bodyOf(mail?.content)).toContain('Until: 2026-11-22 13:02 (Europe/Berlin)')
  })

  it('has no header that a name brought, whatever the name is', async () => {
    await using server = await startSmtp({ security: 'none' })
    const name = 'Finance\r\nBcc: all@example.test\r\n\r\nForged\u2028Größe'
    await tell(scene(mailTo(server)), someAlert({ object: { type: 'set', id: 's', name } }))
    const [mail] = server.received()
    expect(mail?.to).toEqual(['admin@example.test'])
    expect(mail?.content.split('\r\n\r\n')[0]).not.toMatch(/^Bcc/im)
    expect(headerOf(mail?.content, 'Subject')).toContain('Bcc: all@example.test Forged Größe')
    expect(bodyOf(mail?.content)).not.toMatch(/^Bcc/m)
  })

  it('says who it is where the server asks for that', async () => {
    await using server = await startSmtp({ security: 'none', user: 'holdfast', password: PASSWORD })
    const [row] = await tell(scene(mailTo(server, { user: 'holdfast' })), someAlert())
    expect(row?.state).toBe('delivered')
    expect(server.received()).toMatchObject([{ isAuthenticated: true }])
  })

  it('tells no secret where the server refuses it, though the server says it', async () => {
    await using server = await startSmtp({ security: 'none', user: 'holdfast', password: 'another' })
    const place = scene(mailTo(server, { user: 'holdfast' }))
    const [row] = await tell(place, someAlert())
    expect(row).toMatchObject({ state: 'pending', attempts: 1, nextAt: place.now + MINUTE })
    expect(row?.lastError).toMatch(/does not accept user and password.*\(secret\)/)
    expect(`${row?.lastError} ${place.lines.join()}`).not.toContain(PASSWORD)
  })

  it.each(['starttls', 'tls'] as const)('with %s speaks to a server whose certificate is trusted', async (security) => {
    using certificate = await selfSigned('127.0.0.1')
    certificate.trust()
    await using server = await startSmtp({ ...certificate, security, user: 'holdfast', password: PASSWORD })
    const [row] = await tell(scene(mailTo(server, { security, user: 'holdfast' })), someAlert())
    expect(row).toMatchObject({ state: 'delivered', lastError: null })
    expect(server.received()).toMatchObject([{ isEncrypted: true, isAuthenticated: true }])
  })

  it.each(['starttls', 'tls'] as const)(
    'with %s refuses a certificate that nobody trusts, and says so',
    async (security) => {
      using certificate = await selfSigned('127.0.0.1')
      await using server = await startSmtp({ ...certificate, security })
      const [row] = await tell(scene(mailTo(server, { security })), someAlert())
      expect(row).toMatchObject({ state: 'pending', lastError: expect.stringContaining('certificate is not trusted') })
      expect(server.received()).toEqual([])
    },
  )

  it('refuses a certificate for another name, though it is trusted', async () => {
    using certificate = await selfSigned('elsewhere.test')
    certificate.trust()
    await using server = await startSmtp({ ...certificate, security: 'tls' })
    const [row] = await tell(scene(mailTo(server, { security: 'tls' })), someAlert())
    expect(row?.lastError).toContain('certificate is for another name')
  })

  it('sends nothing in clear where STARTTLS is asked for and the server has none', async () => {
    await using server = await startSmtp({ security: 'none' })
    const [row] = await tell(scene(mailTo(server, { security: 'starttls' })), someAlert())
    expect(row?.lastError).toContain('does not offer STARTTLS')
    expect(server.received()).toEqual([])
  })

  it('names recipients that the server refuses, and sends to the others once', async () => {
    await using server = await startSmtp({ security: 'none', refusedRecipients: ['gone@example.test'] })
    const to = ['admin@example.test', 'gone@example.test']
    const [row] = await tell(scene(mailTo(server, { to })), someAlert())
    expect(row).toMatchObject({ state: 'delivered', lastError: 'The mail server refuses mail for gone@example.test.' })
    expect(server.received()).toMatchObject([{ to: ['admin@example.test'] }])
  })

  it('a test arrives, and what fails is told of each channel', async () => {
    await using server = await startSmtp({ security: 'none' })
    const hook = await startHook(() => {})
    await hook[Symbol.asyncDispose]()
    const { delivery } = scene({ ...mailTo(server), webhook: { url: hook.url } })
    expect(await delivery.test()).toMatchObject([
      { channel: 'mail', problem: null },
      { channel: 'webhook', problem: expect.stringContaining('refuses the connection') },
    ])
    expect(headerOf(server.received()[0]?.content, 'Subject')).toBe('[Holdfast nas-01] A test')
  })
})

it('a mail server that says nothing is given up on', async () => {
  await using server = await silentServer()
  const mail = {
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    user: null,
    from: 'a@b.test',
    to: ['c@b.test'],
  } as const
  const [row] = await tell(scene({ mail }, { timeout: 50 }), someAlert())
  expect(row).toMatchObject({ state: 'pending', lastError: expect.stringContaining('does not answer') })
})
