import { openServers } from './open-servers.ts'

/** Listens for a moment, and answers nobody. Throws `service/unavailable` where the port cannot be had. */
export async function provePort(options: { readonly port: number; readonly isOpen: boolean }): Promise<void> {
  const { servers } = await openServers({
    ...options,
    tls: undefined,
    listener: (_request, response) => response.destroy(),
    prepare: () => undefined,
  })
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    ),
  )
}
