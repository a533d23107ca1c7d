import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A store that counts what arrives, and keeps nothing. Tells its port; hands out what arrived to whoever asks.
const STEP = 10
const arrived: number[] = []
let begin: number | undefined

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    // The last step is not over.
    response.end(JSON.stringify(arrived.slice(0, -1)))
    return
  }
  request.on('data', (chunk: Buffer) => {
    begin ??= performance.now()
    const step = Math.floor((performance.now() - begin) / STEP)
    while (arrived.length <= step) arrived.push(0)
    arrived[step] = (arrived[step] ?? 0) + chunk.length
  })
  request.on('end', () => response.end())
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
